import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

const schema = { type: "object", required: ["title", "size"], properties: { title: { type: "string", maxLength: 5 }, size: { type: "integer" }, tags: { type: "array", items: { enum: ["a", "b"] } }, picture: { type: "string", format: "binary" }, meta: { type: "object", required: ["by"] } }, additionalProperties: false };
const content = { "application/x-www-form-urlencoded": { schema }, "multipart/form-data": { schema, encoding: { picture: { contentType: "image/*" } } } };
const document = { openapi: "3.0.3", paths: { "/": { post: { operationId: "addNote", requestBody: { required: true, content }, responses: { default: {} } } } } };

let upstream: UpstreamUnderTest;
let gateway: GatewayUnderTest;
beforeAll(async () => {
  upstream = await startUpstream((_request, response, body) => response.end(body));
  gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", validate: "enforce", upstream: { targets: [{ url: upstream.url }] } } }, documents: { notes: document } });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

interface Judged {
  status: number;
  errors: string[];
  body: string;
}

async function send(body: NonNullable<RequestInit["body"]>, type?: string): Promise<Judged> {
  const answer = await fetch(`${gateway.url}/notes`, { method: "POST", body, ...(type === undefined ? {} : { headers: { "content-type": type } }) });
  const given = await answer.text();
  const problem = answer.status === 400 ? (JSON.parse(given) as { code: string; errors: { in: string; pointer: string; message: string }[] }) : null;
  if (problem) expect(problem.code).toBe("request-invalid");
  return { status: answer.status, body: given, errors: problem?.errors.map(({ in: where, pointer, message }) => `${where} ${pointer} ${message}`) ?? [] };
}

function form(fields: Record<string, string | Blob | string[]>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) for (const one of Array.isArray(value) ? value : [value]) data.append(name, one as string);
  return data;
}

test("a form that is right passes byte by byte, however it is written", async () => {
  expect(await send("title=a+b&size=7&tags=a&tags=b", "application/x-www-form-urlencoded")).toMatchObject({ status: 200, body: "title=a+b&size=7&tags=a&tags=b" });
  const { status, body } = await send(form({ title: "héllo", size: "7", tags: ["a", "b"], meta: '{"by":"x"}', picture: new Blob([Buffer.from([0xff, 0, 0x0d, 0x0a])], { type: "image/png" }) }));
  expect([status, body.includes('name="picture"')]).toEqual([200, true]);
});

test("what is wrong is named by its place, in either form", async () => {
  const errors = ["body /title is longer than 5", "body /size is not integer", 'body /tags/0 is none of "a", "b"', 'body /meta lacks "by"'];
  expect((await send("title=toolong&size=x&tags=c&meta={}", "application/x-www-form-urlencoded")).errors).toEqual(errors);
  expect((await send(form({ title: "toolong", size: "x", tags: ["c"], meta: "{}" }))).errors).toEqual(errors);
  expect((await send(form({ title: "a", size: "1", more: "x" }))).errors).toEqual(["body /more is a member that there is not"]);
  expect((await send(form({ title: "a", picture: new Blob(["x"], { type: "text/html" }) }))).errors).toEqual(["body /picture is text/html; image/* is in the document", 'body  lacks "size"']);
});

test("of a file that is larger than what is held nothing is read, and it passes", async () => {
  const { status, body } = await send(form({ title: "a", size: "1", picture: new Blob([Buffer.alloc(3_000_000)], { type: "image/png" }) }));
  expect([status, body.length > 3_000_000]).toEqual([200, true]);
});

describe("a multipart body that two parsers could read differently is refused", () => {
  const boundary = "b1";
  const part = (head: string, value: string): string => `--${boundary}\r\n${head}\r\n\r\n${value}\r\n`;
  const named = (name: string, value: string): string => part(`Content-Disposition: form-data; name="${name}"`, value);
  const end = `--${boundary}--\r\n`;
  const right = named("title", "a") + named("size", "1");

  test.each<[name: string, body: string, errors: string[]]>([
    ["nothing but what is right", right + end, []],
    ["a name with a quotation mark that is escaped", `${right}${part('Content-Disposition: form-data; filename="a;name=\\"size\\""; name="picture"', "x")}${end}`, []],
    ["no end", right, ["body  has no boundary at its end"]],
    ["a bare line feed before a boundary", `${right.slice(0, -2)}\n${end}`, ["body  has its boundary inside of a line, or behind a bare line feed"]],
    ["something behind the end", `${right}${end}${named("title", "b")}`, ["body  goes on behind its last boundary"]],
    ["a part without a name", `${right}${part("Content-Disposition: form-data", "x")}${end}`, ["body  has a part without a Content-Disposition of form-data with one name"]],
    ["a name that is longer than any", `${right}${named("n".repeat(9_000), "x")}${end}`, ["body  has a part without a Content-Disposition of form-data with one name"]],
    ["two names of one part", `${right}${part('Content-Disposition: form-data; name="tags"; name="meta"', "a")}${end}`, ["body  has a part without a Content-Disposition of form-data with one name"]],
    ["a name in another writing", `${right}${part("Content-Disposition: form-data; name=\"tags\"; name*=UTF-8''meta", "a")}${end}`, ["body  has a part without a Content-Disposition of form-data with one name"]],
    ["two dispositions", `${right}${part('Content-Disposition: form-data; name="tags"\r\nContent-Disposition: form-data; name="meta"', "a")}${end}`, ["body  has a part without a Content-Disposition of form-data with one name"]],
    ["a coded part", `${right}${part('Content-Disposition: form-data; name="tags"\r\nContent-Transfer-Encoding: base64', "YQ==")}${end}`, ["body  has a part with a Content-Transfer-Encoding"]],
    ["a name that is there twice", `${right}${named("title", "much too long")}${end}`, ["body /title is given 2 times, and one is meant"]],
  ])("%s", async (_name, body, errors) => {
    expect((await send(body, `multipart/form-data; boundary=${boundary}`)).errors).toEqual(errors);
  });

  test.each([
    ["no boundary", "multipart/form-data"],
    ["two boundaries", "multipart/form-data; boundary=other; boundary=b1"],
    ["a boundary in another writing", "multipart/form-data; boundary*=UTF-8''other; boundary=b1"],
  ])("%s in its Content-Type", async (_what, type) => {
    expect((await send(right + end, type)).errors).toEqual(["body  is no multipart/form-data with a boundary"]);
  });

  test("a body that comes in pieces is judged like one that comes at once", async () => {
    const { port } = new URL(gateway.url);
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(`POST /notes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    for (const piece of (named("title", "toolong") + named("size", "1") + end).match(/[^]{1,7}/g) ?? []) socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    socket.write("0\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 [^]*"pointer":"\/title"/);
  });
});
