/** Refusals of the admin API, provoked over its port: each with the status of the table, a way out and a page, and with nothing of the inside. */
import { request } from "node:http";
import type { ProblemCode } from "@parley/contract/problems/table";
import { problemEntry } from "@parley/contract/problems/table";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addPerson, adminToken, type Answer, aService, password, signInFirst, startControl, type TestControl } from "../testing/start-control.ts";

let control: TestControl;
let owner: string;
let viewer: string;
beforeAll(async () => {
  control = await startControl();
  owner = await signInFirst(control, "ann");
  viewer = await addPerson(control, "vera", "viewer");
  for (const [place, spec] of [["services/notes", aService().spec], ["alerts/quiet", { when: { metric: "errors", above: 10 }, notify: [] }], ["channels/ops", { webhook: "https://hooks.example/" }], ["alerts/loud", { when: { metric: "errors", above: 10 }, notify: ["ops"] }]] as const) {
    expect((await control.call("PUT", `/api/${place}`, { create: true, body: { spec } })).status).toBe(201);
  }
});
afterAll(() => control.stop());

/** With a Host that `fetch` would not send. */
function asHost(host: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${control.url}/api/status`, { headers: { host } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: new Headers({ "content-type": response.headers["content-type"] ?? "" }), body: JSON.parse(text) as Answer["body"], etag: "" }));
    });
    asked.on("error", reject).end();
  });
}

const put = (path: string, options: Parameters<TestControl["call"]>[2]): Promise<Answer> => control.call("PUT", path, options);
const post = (path: string, body: unknown, more: object = {}): Promise<Answer> => control.call("POST", path, { body, ...more });
const service = { spec: aService("/other").spec };

const provoked: [ProblemCode, () => Promise<Answer>][] = [
  ["not-signed-in", () => control.call("GET", "/api/services", { cookie: null })],
  ["not-signed-in", () => control.call("GET", "/api/services", { cookie: null, headers: { authorization: "Bearer another-token" } })],
  ["wrong-credentials", () => post("/api/session", { name: "ann", password: "not the password" }, { cookie: null })],
  ["sign-in-link-used", () => post("/api/session/link", { token: "x".repeat(43), password }, { cookie: null })],
  ["forbidden", () => put("/api/services/other", { create: true, cookie: viewer, body: service })],
  ["cross-site", () => put("/api/services/other", { create: true, cookie: owner, headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, body: service })],
  ["unknown-host", () => asHost("evil.example")],
  ["last-owner", () => control.call("DELETE", "/api/people/ann", { ifMatch: "*" })],
  ["unknown-operation", () => control.call("GET", "/api/nothing-of-the-kind")],
  ["method-not-allowed", () => control.call("DELETE", "/api/services")],
  ["not-found", () => control.call("GET", "/api/services/none")],
  ["exists", () => post("/api/people", { name: "vera", role: "viewer" })],
  ["in-use", () => control.call("DELETE", "/api/channels/ops", { ifMatch: "*" })],
  ["precondition-required", () => put("/api/services/notes", { body: service })],
  ["precondition-failed", () => put("/api/services/notes", { ifMatch: '"another"', body: service })],
  ["invalid-body", () => put("/api/services/other", { create: true, body: { spec: { path: 5 } } })],
  ["invalid-body", () => put("/api/services/other", { create: true, body: "{" })],
  ["invalid-parameter", () => control.call("GET", "/api/calls?limit=0")],
  ["stale-plan", () => post("/api/config/apply", { yaml: "consumers: {}\n" }, { ifMatch: '"another"' })],
  ["invalid-query", () => control.call("GET", "/api/conflicts?query=nosuch:1")],
  ["alert-not-firing", () => control.call("POST", "/api/alerts/quiet/acknowledge")],
  ["body-too-large-admin", () => post("/api/people", { name: "x".repeat(9 * 1024 * 1024) })],
  ["document-invalid", () => put("/api/services/notes/openapi", { create: true, headers: { "content-type": "application/yaml" }, body: "openapi: 3.0.3\npaths: 5\n" })],
  ["document-unreachable", () => post("/api/documents/fetch", { url: "http://[::ffff:10.0.0.1]/" })],
  // No server of names is asked for a label of this length.
  ["target-unreachable", () => post("/api/try/elsewhere", { target: `http://${"a".repeat(64)}.example`, method: "GET", path: "/", headers: {} })],
  ["no-gateway", () => post("/api/try", { method: "GET", path: "/notes", headers: {} })],
  ["ledger-unavailable", () => control.call("GET", "/api/leases")],
];

test.each(provoked)("%s", async (code, provoke) => {
  const { status, headers, body } = await provoke();
  expect([body["code"], status, body["status"]]).toEqual([code, problemEntry(code).status, status]);
  expect(headers.get("content-type")).toContain("application/problem+json");
  expect(body).toMatchObject({ title: problemEntry(code).title, detail: expect.stringMatching(/./) as string, fix: expect.stringMatching(/./) as string });
  const page = new URL(String(body["type"]));
  expect((await fetch(control.url + page.pathname)).status).toBe(200);
  const text = JSON.stringify(body);
  for (const inside of [control.data, adminToken, password, "not the password", "another-token", "node_modules", "node:internal"]) expect(text).not.toContain(inside);
  expect(text).not.toMatch(/\\n\s+at |\.ts:\d+/);
});
