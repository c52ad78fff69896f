import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectHttp2, type ClientHttp2Session, type IncomingHttpHeaders } from "node:http2";
import { request as httpsRequest } from "node:https";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CertificatesUnderTest, makeCertificates } from "./certificates-under-test.ts";
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "./upstream-under-test.ts";

let certificates: CertificatesUnderTest;
let upstream: UpstreamUnderTest;
let gateway: GatewayUnderTest;
const longEnough = { timeout: 60_000 };

beforeAll(async () => {
  certificates = makeCertificates();
  certificates.issue("root", { authority: true });
  certificates.issue("main", { by: "root", names: "DNS:localhost,IP:127.0.0.1" });
  certificates.issue("renewed", { by: "root", names: "DNS:localhost,IP:127.0.0.1" });
  certificates.issue("api.test", { by: "root", names: "DNS:api.test" });
  certificates.issue("wild", { by: "root", names: "DNS:*.wild.test" });
  certificates.issue("clients", { authority: true });
  certificates.issue("department", { authority: true, by: "clients" });
  certificates.issue("others", { authority: true });
  certificates.bundle("clients-and-department", ["clients", "department"]);
  certificates.issue("acme", { by: "department", names: "DNS:acme.client.test,URI:spiffe://client/acme" });
  certificates.bundle("acme-chain", ["acme", "department"]);
  certificates.issue("stranger", { by: "others" });
  certificates.issue("unknown", { by: "clients" });
  certificates.issue("ended", { by: "clients", days: -1 });
  certificates.issue("selfmade", {});
  upstream = await startUpstream((request, response) => response.end(JSON.stringify({ path: request.url, headers: request.headers })));
  const target = { upstream: { targets: [{ url: upstream.url }] } };
  const ca = certificates.cert("clients-and-department");
  gateway = await startGateway(
    {
      services: {
        open: { ...target, path: "/open", access: "open" },
        certified: { ...target, path: "/certified", access: "mtls", mtls: { ca } },
        elsewhere: { ...target, path: "/elsewhere", access: "mtls", mtls: { ca: certificates.cert("others") } },
        named: { ...target, path: "/named", access: "mtls", mtls: { ca, consumer: "san" } },
        nobody: { ...target, path: "/nobody", access: "mtls", mtls: { ca: `${ca}.absent` } },
      },
      consumers: { acme: { key: "key-of-acme" }, stranger: { key: "key-of-stranger" }, "acme.client.test": { key: "key-of-the-name", access: ["named"] }, ended: { key: "key-of-ended" }, selfmade: { key: "key-of-selfmade" } },
    },
    { tls: { cert: certificates.cert("main"), key: certificates.key("main"), sni: [{ host: "api.test", cert: certificates.cert("api.test"), key: certificates.key("api.test") }, { host: "*.wild.test", cert: certificates.cert("wild"), key: certificates.key("wild") }] } },
  );
}, 120_000);

afterAll(async () => {
  await gateway.stop();
  await upstream.close();
  certificates.remove();
});

interface Answer {
  status: number;
  version: string;
  body: { code?: string; detail?: string; path?: string; headers?: Record<string, string> };
}

async function call(path: string, client?: { cert: string; key: string }): Promise<Answer> {
  const shown = client === undefined ? {} : { cert: readFileSync(certificates.cert(client.cert)), key: readFileSync(certificates.key(client.key)) };
  const request = httpsRequest({ host: "127.0.0.1", port: gateway.port, path, ca: readFileSync(certificates.cert("root")), agent: false, ...shown }).end();
  const [response] = await once(request, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, version: response.httpVersion, body: JSON.parse(text) as Answer["body"] };
}

async function certificateShown(servername: string): Promise<string | undefined> {
  const socket = connectTls({ host: "127.0.0.1", port: gateway.port, servername, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN as string;
}

function session(): ClientHttp2Session {
  return connectHttp2(`https://127.0.0.1:${gateway.port}`, { ca: readFileSync(certificates.cert("root")) });
}

async function get(client: ClientHttp2Session, headers: Record<string, string>, body?: string): Promise<{ headers: IncomingHttpHeaders; text: string }> {
  const stream = client.request(headers);
  stream.end(body);
  const [answer] = (await once(stream, "response")) as [IncomingHttpHeaders];
  let text = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream) text += chunk;
  return { headers: answer, text };
}

test("speaks HTTP/1.1 over TLS and tells the service that it was https", longEnough, async () => {
  const { status, version, body } = await call("/open/7?x=1");
  expect([status, version, body.path, body.headers?.["x-forwarded-proto"]]).toEqual([200, "1.1", "/7?x=1", "https"]);
});

test("speaks HTTP/2 by ALPN, with several calls on one connection, and the fields as the service knows them", longEnough, async () => {
  const client = session();
  const [one, other] = await Promise.all([
    get(client, { ":path": "/open/1", cookie: "a=1; b=2", "x-own": "yes" }),
    get(client, { ":path": "/open/2", ":method": "POST", "content-type": "text/plain" }, "a body"),
  ]);
  expect([one.headers[":status"], other.headers[":status"]]).toEqual([200, 200]);
  const seen = JSON.parse(one.text) as { headers: Record<string, string> };
  expect(seen.headers).toMatchObject({ cookie: "a=1; b=2", "x-own": "yes", "x-forwarded-proto": "https", "x-forwarded-host": `127.0.0.1:${gateway.port}` });
  expect(upstream.requests.find(({ url }) => url === "/2")?.body).toBe("a body");
  expect(one.headers["parley-call-id"]).toMatch(/^[0-9a-f]{32}$/);
  const ready = await get(client, { ":path": "/.well-known/parley/readyz" });
  expect([ready.headers[":status"], ready.text]).toEqual([200, '{"status":"ready"}\n']);
  client.close();
});

test("shows the certificate of the name that the client asks for", longEnough, async () => {
  expect(await certificateShown("api.test")).toBe("api.test");
  expect(await certificateShown("any.wild.test")).toBe("wild");
  expect(await certificateShown("deeper.any.wild.test")).toBe("main");
  expect(await certificateShown("else.test")).toBe("main");
});

test("lets in the consumer that the certificate names, over HTTP/1.1 and through an intermediate", longEnough, async () => {
  const { status, body } = await call("/certified/1", { cert: "acme-chain", key: "acme" });
  expect([status, body.headers?.["parley-consumer"]]).toEqual([200, "acme"]);
});

test("reads the consumer from a subject alternative name where the service says so", longEnough, async () => {
  const { status, body } = await call("/named/1", { cert: "acme-chain", key: "acme" });
  expect([status, body.headers?.["parley-consumer"]]).toEqual([200, "acme.client.test"]);
});

test.each([
  ["no certificate", "/certified", undefined, [401, "missing-certificate"]],
  ["another service's authority", "/certified", "stranger", [401, "invalid-certificate"]],
  ["an authority of this service only", "/elsewhere", "unknown", [401, "invalid-certificate"]],
  ["one that has ended", "/certified", "ended", [401, "invalid-certificate"]],
  ["one that vouches for itself", "/certified", "selfmade", [401, "invalid-certificate"]],
  ["a consumer that does not exist", "/certified", "unknown", [403, "not-allowed"]],
  ["authorities that cannot be read", "/nobody", "unknown", [401, "invalid-certificate"]],
])("refuses %s", longEnough, async (_what, path, client, expected) => {
  const answer = await call(path, client === undefined ? undefined : { cert: client, key: client });
  expect([answer.status, answer.body.code]).toEqual(expected);
});

test("takes up a renewed certificate while it serves", longEnough, async () => {
  expect(await certificateShown("localhost")).toBe("main");
  const before = session();
  await get(before, { ":path": "/open/1" });
  certificates.replace("main", "renewed");
  await expect.poll(() => certificateShown("localhost"), { timeout: 20_000 }).toBe("renewed");
  // An open connection goes on.
  expect((await get(before, { ":path": "/open/2" })).headers[":status"]).toBe(200);
  before.close();
});

test("refuses TLS before 1.2", longEnough, async () => {
  const socket = connectTls({ host: "127.0.0.1", port: gateway.port, rejectUnauthorized: false, minVersion: "TLSv1", maxVersion: "TLSv1.1" });
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  expect(error.code).toMatch(/ERR_SSL|ECONNRESET/);
});

test("believes a chain that the client sends where the service's authorities are the only ones", longEnough, async () => {
  const own = await startGateway(
    { services: { notes: { path: "/notes", access: "mtls", upstream: { targets: [{ url: upstream.url }] } } }, consumers: { acme: { key: "key-of-acme" } } },
    { tls: { cert: certificates.cert("renewed"), key: certificates.key("renewed"), clientCa: certificates.cert("clients") } },
  );
  const answers = [];
  for (const cert of ["acme-chain", "acme"]) {
    const request = httpsRequest({ host: "127.0.0.1", port: own.port, path: "/notes", ca: readFileSync(certificates.cert("root")), agent: false, cert: readFileSync(certificates.cert(cert)), key: readFileSync(certificates.key("acme")) }).end();
    const [response] = await once(request, "response");
    response.resume();
    answers.push(response.statusCode);
  }
  await own.stop();
  expect(answers).toEqual([200, 401]);
});

test("says which file cannot be used, and does not start", longEnough, async () => {
  const mismatched = { cert: certificates.cert("api.test"), key: certificates.key("wild") };
  await expect(startGateway({}, { tls: mismatched })).rejects.toThrow(/gateway\.tls cannot be used \(.*api\.test\.pem.*key values mismatch/);
});
