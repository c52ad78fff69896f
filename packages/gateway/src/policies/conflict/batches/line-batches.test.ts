/** Batches of lines (NDJSON): guarded line by line, and answered in lines where the service answers in lines. */
import { describe, expect, it } from "vitest";
import type { Answered } from "../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../testing/stopped-after-each.ts";
import { type Batching, plainBatch, startBatching } from "./batch-upstream.test-support.ts";

type Line = Record<string, unknown>;

/** The upstream carries out what it is sent line by line, and answers in the form that is asked for. */
const start = stoppedAfterEach(async (answers: "lines" | "json", results = true): Promise<Batching & { send: (lines: string) => Promise<Answered>; sent: string[] }> => {
  const format = { ...plainBatch, format: "ndjson", items: "", ...(results ? { results: { id: "/id", status: "/status" } } : {}) };
  const started = await startBatching({ mode: "require", batches: [format] as never });
  const sent: string[] = [];
  for (const id of ["1", "2"]) started.kept.set(`/${id}`, `{"title":"note ${id}"}`);
  started.interfere = (request, response, body) => {
    if (request.method !== "POST") return false;
    sent.push(body);
    const made = body.trim().split("\n").map((line) => JSON.parse(line) as { id: string; body: unknown });
    for (const { id, body: document } of made) started.kept.set(`/${id}`, JSON.stringify(document));
    const said = made.map(({ id }) => ({ id, status: 200 }));
    const [type, text] = answers === "lines" ? ["application/x-ndjson", said.map((line) => `${JSON.stringify(line)}\n`).join("")] : ["application/json", JSON.stringify(said)];
    return Boolean(response.writeHead(200, { "Content-Type": type }).end(text));
  };
  const send = (lines: string): Promise<Answered> => started.call("POST", "/notes/_bulk", { body: lines, headers: { "content-type": "application/x-ndjson" } });
  return Object.assign(started, { send, sent });
});

const text = (...lines: Line[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const linesOf = (said: string): Line[] => said.trim().split("\n").map((line) => JSON.parse(line) as Line);

describe("a batch of lines", () => {
  it("goes through where all of it is current, numbers past 2^53 as they were written, and its answer is the upstream's to the byte", async () => {
    const { send, tag, sent } = await start("lines");
    const line = `{"id":"1","n":90071992547409931,"ifMatch":${JSON.stringify(await tag("1"))},"body":{"n":1.0}}`;
    const answer = await send(`${line}\n\n{"id":"new","body":{}}`);
    expect([answer.status, answer.text, answer.headers.get("content-type")]).toEqual([200, '{"id":"1","status":200}\n{"id":"new","status":200}\n', "application/x-ndjson"]);
    expect(sent).toEqual(['{"id":"1","n":90071992547409931,"body":{"n":1.0}}\n{"id":"new","body":{}}\n']);
  });

  it.each(["lines", "json"] as const)("has a line refused in its place, and the others carried out (answered in %s)", async (answers) => {
    const { send, tag, kept, sent } = await start(answers);
    const answer = await send(text({ id: "1", ifMatch: '"stale"', body: { n: 1 } }, { id: "2", ifMatch: await tag("2"), body: { n: 2 } }));
    const said = answers === "lines" ? linesOf(answer.text) : (JSON.parse(answer.text) as Line[]);
    expect(said).toMatchObject([{ id: "1", status: 412, problem: { cause: "version-mismatch" } }, { id: "2", status: 200 }]);
    expect([kept.get("/1"), kept.get("/2"), sent]).toEqual(['{"title":"note 1"}', '{"n":2}', ['{"id":"2","body":{"n":2}}\n']]);
  });

  it("of which nothing is left is answered in lines, and nothing is sent", async () => {
    const { send, sent } = await start("lines");
    const answer = await send(text({ id: "1", body: {} }));
    expect([answer.headers.get("content-type"), linesOf(answer.text), sent]).toMatchObject(["application/x-ndjson", [{ id: "1", status: 428 }], []]);
  });

  it("is reported where the service does not say how its answers look", async () => {
    const { send } = await start("lines", false);
    const answer = await send(text({ id: "1", body: {} }, { id: "new", body: {} }));
    expect([answer.status, answer.body]).toMatchObject([207, { items: [{ status: 428 }, { status: 200 }] }]);
  });

  it.each([["a line that is no JSON", '{"id":"1"}\n{"id":', /is no NDJSON/], ["a line with a member twice", '{"id":"1"}\n{"id":"2","id":"1"}\n', /member \/1\/id twice/]])("with %s is refused as a whole", async (_what, lines, detail) => {
    const { send, sent } = await start("lines");
    const answer = await send(lines);
    expect([answer.status, answer.body, sent]).toMatchObject([400, { code: "malformed-batch", detail: expect.stringMatching(detail) as string }, []]);
  });
});
