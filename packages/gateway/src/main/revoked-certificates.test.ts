/** Client certificates that their authorities have taken back, over real TLS with lists that openssl makes. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CertificatesUnderTest, makeCertificates } from "./certificates-under-test.ts";
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "./upstream-under-test.ts";

let certificates: CertificatesUnderTest;
let upstream: UpstreamUnderTest;
const running: GatewayUnderTest[] = [];
const longEnough = { timeout: 60_000 };

beforeAll(async () => {
  certificates = makeCertificates();
  certificates.issue("server", { names: "IP:127.0.0.1" });
  certificates.issue("clients", { authority: true });
  certificates.issue("department", { authority: true, by: "clients" });
  certificates.issue("others", { authority: true });
  certificates.bundle("chain", ["clients", "department"]);
  for (const [name, by] of [["acme", "clients"], ["umbrella", "clients"], ["worker", "department"], ["stranger", "others"]] as const) certificates.issue(name, { by });
  upstream = await startUpstream((_request, response) => response.end("{}"));
}, 120_000);

afterAll(async () => {
  for (const gateway of running) await gateway.stop();
  await upstream.close();
  certificates.remove();
});

type Mtls = { ca?: string; crl?: string };

/** One service for each, called as it is. */
async function gatewayWith(services: Record<string, Mtls>, own: { clientCa?: string; clientCrl?: string } = {}): Promise<GatewayUnderTest> {
  const target = { access: "mtls" as const, upstream: { targets: [{ url: upstream.url }] } };
  const gateway = await startGateway(
    {
      services: Object.fromEntries(Object.entries(services).map(([name, mtls]) => [name, { ...target, path: `/${name}`, mtls }])),
      consumers: Object.fromEntries(["acme", "umbrella", "worker", "stranger"].map((name) => [name, { key: `key-of-${name}` }])),
    },
    { tls: { cert: certificates.cert("server"), key: certificates.key("server"), ...own } },
  );
  running.push(gateway);
  return gateway;
}

/** The status, or of a refusal its reason. */
async function call(gateway: GatewayUnderTest, client: string, { path = "/notes", agent = false as Agent | false } = {}): Promise<number | string> {
  const request = httpsRequest({ host: "127.0.0.1", port: gateway.port, path, ca: readFileSync(certificates.cert("server")), agent, cert: readFileSync(certificates.cert(client)), key: readFileSync(certificates.key(client)) }).end();
  const [response] = await once(request, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return response.statusCode === 401 ? (JSON.parse(text) as { code: string; detail: string }).detail.replace("The client certificate is not accepted. ", "") : response.statusCode;
}

const revoked = "It has been revoked.";
const uncovered = "No revocation list of its issuer is in force.";

test("refuses a certificate that its authority has taken back, and no other one", longEnough, async () => {
  const gateway = await gatewayWith({ notes: { ca: certificates.cert("clients"), crl: certificates.revocationList("plain", { by: "clients", revoked: ["umbrella"] }) } });
  expect([await call(gateway, "acme"), await call(gateway, "umbrella")]).toEqual([200, revoked]);
});

test("holds a new list against open connections, too, and takes nobody back whom it no longer names", longEnough, async () => {
  const crl = certificates.revocationList("changing", { by: "clients", revoked: ["umbrella"] });
  const gateway = await gatewayWith({ notes: { ca: certificates.cert("clients"), crl } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect([await call(gateway, "acme", { agent }), await call(gateway, "umbrella")]).toEqual([200, revoked]);
  certificates.revocationList("changing", { by: "clients", revoked: ["acme"] });
  await expect.poll(() => call(gateway, "acme", { agent }), { timeout: 20_000 }).toBe(revoked);
  expect(await call(gateway, "umbrella")).toBe(200);
  // What cannot be read leaves in force what was there.
  writeFileSync(crl, "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n");
  certificates.revocationList("other", { by: "clients" });
  await expect.poll(() => call(gateway, "acme"), { timeout: 3_000 }).toBe(revoked);
  agent.destroy();
});

test.each<[what: string, options: Omit<Parameters<CertificatesUnderTest["revocationList"]>[1], "by"> & { by?: string }, answer: number | string]>([
  ["whose time is over", { nextUpdate: "20240101000000Z" }, uncovered],
  ["of another authority", { by: "others" }, uncovered],
  ["that says where it is to be had", { extension: "issuingDistributionPoint=critical,@point\n[point]\nfullname=URI:http://crl.test/1" }, 200],
  ["of users' certificates only", { extension: "issuingDistributionPoint=critical,@point\n[point]\nonlyuser=TRUE" }, 200],
  ["of authorities only", { extension: "issuingDistributionPoint=critical,@point\n[point]\nonlyCA=TRUE" }, uncovered],
  ["of some reasons only", { extension: "issuingDistributionPoint=critical,@point\n[point]\nonlysomereasons=keyCompromise" }, uncovered],
  ["of changes only", { extension: "2.5.29.27=critical,DER:020101" }, uncovered],
])("a list %s", longEnough, async (_what, options, answer) => {
  const gateway = await gatewayWith({ notes: { ca: certificates.cert("clients"), crl: certificates.revocationList("special", { by: "clients", ...options }) } });
  expect(await call(gateway, "acme")).toBe(answer);
});

test("believes a list only if the authority's own key has signed it", longEnough, async () => {
  // The same name and another key.
  const forger = makeCertificates();
  forger.issue("clients", { authority: true });
  const gateway = await gatewayWith({ notes: { ca: certificates.cert("clients"), crl: forger.revocationList("forged", { by: "clients" }) } });
  expect(await call(gateway, "acme")).toBe(uncovered);
  forger.remove();
});

test("a certificate on a list whose time is over stays revoked beside a new one that was not signed for it", longEnough, async () => {
  const lists = [certificates.revocationList("old", { by: "clients", revoked: ["acme"], nextUpdate: "20240101000000Z" }), certificates.revocationList("foreign", { by: "others" })];
  writeFileSync(`${lists[0]}.both`, lists.map((list) => readFileSync(list, "latin1")).join(""));
  const gateway = await gatewayWith({ notes: { ca: certificates.cert("clients"), crl: `${lists[0]}.both` } });
  expect(await call(gateway, "acme")).toBe(revoked);
});

test("asks for a list of every authority below the trusted one, and refuses whom a revoked one has vouched for", longEnough, async () => {
  const [root, department] = [certificates.revocationList("root", { by: "clients" }), certificates.revocationList("department", { by: "department" })];
  const revoking = certificates.revocationList("revoking", { by: "clients", revoked: ["department"] });
  const together = (...lists: string[]): string => {
    const file = `${root}.${lists.length}${lists[0] === root ? "" : "r"}`;
    writeFileSync(file, lists.map((list) => readFileSync(list, "latin1")).join(""));
    return file;
  };
  certificates.bundle("only-root", ["clients"]);
  const ca = certificates.cert("only-root");
  // The authority between stands in another service's file.
  const between = { ca: certificates.cert("chain") };
  const gateway = await gatewayWith({ both: { ca, crl: together(root, department) }, one: { ca, crl: together(department) }, revoking: { ca, crl: together(revoking, department) }, between });
  expect([await call(gateway, "worker", { path: "/both" }), await call(gateway, "worker", { path: "/one" }), await call(gateway, "worker", { path: "/revoking" })]).toEqual([200, uncovered, "An authority between it and the trusted ones has been revoked."]);
});

test("takes a list in DER as authorities publish it, and vouches for nobody while there is no file", longEnough, async () => {
  const pem = certificates.revocationList("binary", { by: "clients", revoked: ["umbrella"] });
  const gateway = await gatewayWith({ notes: { ca: certificates.cert("clients"), crl: `${pem}.der` } });
  expect(await call(gateway, "acme")).toBe(uncovered);
  execFileSync("openssl", ["crl", "-in", pem, "-outform", "DER", "-out", `${pem}.der`]);
  await expect.poll(() => call(gateway, "acme"), { timeout: 20_000 }).toBe(200);
  expect(await call(gateway, "umbrella")).toBe(revoked);
});

test("the gateway's own lists are for the services that trust its own authorities", longEnough, async () => {
  const clientCrl = certificates.revocationList("own", { by: "clients", revoked: ["umbrella"] });
  const gateway = await gatewayWith({ notes: {}, elsewhere: { ca: certificates.cert("others") }, named: { crl: certificates.revocationList("named", { by: "clients", revoked: ["acme"] }) } }, { clientCa: certificates.cert("clients"), clientCrl });
  expect([await call(gateway, "acme"), await call(gateway, "umbrella"), await call(gateway, "stranger", { path: "/elsewhere" })]).toEqual([200, revoked, 200]);
  expect([await call(gateway, "acme", { path: "/named" }), await call(gateway, "umbrella", { path: "/named" })]).toEqual([revoked, 200]);
});
