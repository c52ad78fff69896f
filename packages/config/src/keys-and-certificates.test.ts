import { expect, test } from "vitest";
import { readConfigText } from "./read-config.ts";

function findings(yaml: string): (string | undefined)[][] {
  return readConfigText(yaml, { environment: {} }).diagnostics.map(({ code, pointer, message }) => [code, pointer, message]);
}
const key = (members: string): string => `consumers:\n  acme: { keys: [{ name: default, secret: key-of-acme, ${members} }] }\n`;
const service = (members: string): string => `services:\n  notes: { path: /notes, upstream: { targets: [{ url: "https://127.0.0.1:1" }] }, ${members} }\n`;

test.each([
  ["an end that is no moment", key("expiresAt: soon"), "/consumers/acme/keys/0/expiresAt", /a day such as 2027-01-31/],
  ["a method that is none", key("scopes: { methods: [get] }"), "/consumers/acme/keys/0/scopes/methods/0", /in capitals/],
  ["a scope that does not exist", key("scopes: { routes: [x] }"), "/consumers/acme/keys/0/scopes/routes", /./],
  ["a certificate without its key", service("mtls: {}").replace("/notes, upstream: {", "/notes, upstream: { tls: { cert: a.pem },"), "/services/notes/upstream/tls/cert", /needs its key/],
  ["TLS of the gateway without a key", "gateway: { tls: { cert: a.pem } }\n", "/gateway/tls", /./],
  ["revocation lists of authorities that are not named", "gateway: { tls: { cert: a.pem, key: a.key, clientCrl: c.crl } }\n", "/gateway/tls/clientCrl", /clientCa, which is not set/],
  ["a fingerprint that is none", service("access: mtls, mtls: { consumer: { AB: acme } }"), "/services/notes/mtls/consumer", /./],
  ["certificates of nobody's", service("access: mtls"), "/services/notes/access$", /whose certificates to believe/],
  ["certificates of nobody's on the AI side", "ai: { access: mtls, mtls: { consumer: san } }\n", "/ai/access$", /whose certificates to believe/],
])("names the place of %s", (_what, yaml, pointer, message) => {
  const found = findings(yaml);
  expect(found.map(([, place]) => place)[0]).toMatch(new RegExp(`^${pointer}`));
  expect(found[0]?.[2]).toMatch(message);
});

test("reads days and moments as ends, and paths from the file's folder", () => {
  expect(findings(key("expiresAt: 2027-01-31"))).toEqual([]);
  expect(findings(key('expiresAt: "2027-01-31T12:00:00+02:00", scopes: { services: [ai], models: ["openai/*"] }'))).toEqual([]);
  const { config } = readConfigText(`gateway: { tls: { cert: tls/a.pem, key: /etc/a.key, clientCa: c.pem, clientCrl: c.crl, sni: [{ host: "*.example.com", cert: b.pem, key: b.key }] } }\n${service("mtls: { ca: clients.pem, crl: clients.crl }")}`, { file: "/conf/parley.yaml", environment: {} });
  expect(config?.gateway.tls).toMatchObject({ cert: "/conf/tls/a.pem", key: "/etc/a.key", clientCrl: "/conf/c.crl", sni: [{ cert: "/conf/b.pem", key: "/conf/b.key" }] });
  expect(config?.services["notes"]?.mtls).toMatchObject({ ca: "/conf/clients.pem", crl: "/conf/clients.crl" });
});

test("takes the authorities of client certificates from the service, or from the gateway", () => {
  expect(findings(service("access: mtls, mtls: { ca: a.pem }"))).toEqual([]);
  expect(findings(`gateway: { tls: { cert: a.pem, key: a.key, clientCa: c.pem } }\n${service("access: mtls")}`)).toEqual([]);
  const [mistake, ...others] = findings(`gateway: { tls: { cert: a.pem, clientCa: c.pem } }\n${service("access: mtls")}`);
  expect(mistake?.[1]).toMatch(/^\/gateway\/tls/);
  expect(others).toEqual([]);
});
