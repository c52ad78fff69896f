import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createSecureServer as createHttp2Server, type Http2SecureServer } from "node:http2";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CertificatesUnderTest, makeCertificates } from "./certificates-under-test.ts";
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts";

let certificates: CertificatesUnderTest;
let http1: Server;
let http2: Http2SecureServer;
let gateway: GatewayUnderTest;
const longEnough = { timeout: 20_000 };

beforeAll(async () => {
  certificates = makeCertificates();
  certificates.issue("root", { authority: true });
  certificates.issue("upstream", { by: "root", names: "DNS:api.internal" });
  certificates.issue("gateway", { by: "root" });
  certificates.issue("second", { by: "root" });
  certificates.bundle("shown", ["gateway"]);
  const options = { cert: readFileSync(certificates.cert("upstream")), key: readFileSync(certificates.key("upstream")), ca: readFileSync(certificates.cert("root")), requestCert: true, rejectUnauthorized: false };
  const nameOf = (socket: TLSSocket): string => (socket.authorized ? (socket.getPeerCertificate().subject.CN as string) : "nobody");
  http1 = createServer({ ...options }, (request, response) => response.end(`1 ${nameOf(request.socket as TLSSocket)} ${(request.socket as TLSSocket & { servername?: string }).servername}`)).listen(0, "127.0.0.1");
  http2 = createHttp2Server({ ...options }, (request, response) => response.end(`2 ${nameOf(request.stream.session?.socket as TLSSocket)} ${request.authority}`)).listen(0, "127.0.0.1");
  await Promise.all([once(http1, "listening"), once(http2, "listening")]);
  const url = (server: { address(): unknown }): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tls = { ca: certificates.cert("root"), cert: certificates.cert("shown"), key: certificates.key("gateway"), serverName: "api.internal" };
  const service = (path: string, upstream: object): object => ({ path, access: "open", upstream });
  gateway = await startGateway({
    services: {
      shown: service("/shown", { targets: [{ url: url(http1) }], tls }),
      believed: service("/believed", { targets: [{ url: url(http1) }], tls: { ca: tls.ca, serverName: "api.internal" } }),
      misnamed: service("/misnamed", { targets: [{ url: url(http1) }], tls: { ca: tls.ca, serverName: "other.internal" } }),
      unknown: service("/unknown", { targets: [{ url: url(http1) }] }),
      absent: service("/absent", { targets: [{ url: url(http1) }], tls: { ca: `${tls.ca}.absent` } }),
      streams: service("/streams", { targets: [{ url: url(http2) }], tls, protocol: "http2" }),
      mismatched: service("/mismatched", { targets: [{ url: url(http1) }], tls, protocol: "http2" }),
    } as never,
  });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  http1.closeAllConnections();
  http1.close();
  http2.close();
  certificates.remove();
});

async function ask(path: string): Promise<string> {
  const answer = await fetch(gateway.url + path);
  const text = await answer.text();
  return answer.ok ? text : (JSON.parse(text) as { code: string }).code;
}

test("shows the upstream its certificate, and asks for it by its name", longEnough, async () => {
  expect(await ask("/shown")).toBe("1 gateway api.internal");
});

test("shares no connection with a service that shows nothing", longEnough, async () => {
  expect([await ask("/shown"), await ask("/believed"), await ask("/shown")]).toEqual(["1 gateway api.internal", "1 nobody api.internal", "1 gateway api.internal"]);
});

test.each(["/misnamed", "/unknown", "/absent", "/mismatched"])("does not talk to an upstream that is not the one it wants: %s", longEnough, async (path) => {
  expect(await ask(path)).toBe("upstream-unreachable");
});

test("speaks HTTP/2 over TLS to an upstream that is to be spoken to so", longEnough, async () => {
  const { port } = http2.address() as AddressInfo;
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask("/streams")));
  expect(new Set(answers)).toEqual(new Set([`2 gateway 127.0.0.1:${port}`]));
});
