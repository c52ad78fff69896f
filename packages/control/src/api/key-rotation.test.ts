import { hashKey } from "@parley/contract/secrets";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startControl, type TestControl } from "../testing/start-control.ts";
import { TestGateway } from "../testing/test-gateway.ts";

let control: TestControl;
beforeAll(async () => {
  control = await startControl();
  await control.call("PUT", "/api/consumers/acme", { create: true, body: { spec: {} } });
});
afterAll(() => control.stop());

interface Made {
  key: { id: string; name: string; expiresAt?: string; replaces?: string; scopes?: unknown };
  secret: string;
  replaced: { id: string; expiresAt: string; replacedBy: string };
}

async function make(name: string, more: object = {}): Promise<Made> {
  return (await control.call("POST", "/api/consumers/acme/keys", { body: { name, ...more } })).body as unknown as Made;
}

test("gives a key in the place of another one, and both work until the grace is over", async () => {
  const gateway = await TestGateway.connect(control.place.socket);
  const old = await make("default", { scopes: { services: ["notes"], methods: ["GET"] }, limits: [{ requests: 5, per: "1m" }] });
  const before = Date.now();
  const answer = await control.call("POST", `/api/consumers/acme/keys/${old.key.id}/rotate`, { body: { grace: "7d" } });
  const { key, secret, replaced } = answer.body as unknown as Made;
  expect(answer.status).toBe(201);
  expect(key).toMatchObject({ name: "default-2", replaces: old.key.id, scopes: { services: ["notes"], methods: ["GET"] }, limits: [{ requests: 5, per: "1m" }] });
  expect(replaced).toMatchObject({ id: old.key.id, replacedBy: key.id });
  expect(Date.parse(replaced.expiresAt) - before).toBeGreaterThanOrEqual(7 * 86_400_000);
  expect(Date.parse(replaced.expiresAt) - Date.now()).toBeLessThanOrEqual(7 * 86_400_000);
  await gateway.until(({ snapshot }) => snapshot.entities.key[hashKey(secret)] !== undefined);
  expect(gateway.snapshot.entities.key[hashKey(old.secret)]).toMatchObject({ expiresAt: Date.parse(replaced.expiresAt), scopes: { services: ["notes"] } });
  expect(gateway.snapshot.entities.key[hashKey(secret)]).toEqual({ id: key.id, name: "default-2", consumer: "acme", scopes: { services: ["notes"], methods: ["GET"] }, limits: [{ requests: 5, per: { kind: "rolling", milliseconds: 60_000 } }] });
  gateway.close();
});

test("rotates a key once at a time, and never lengthens its life", async () => {
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const old = await make("short", { expiresAt: soon });
  const rotate = (body: object) => control.call("POST", `/api/consumers/acme/keys/${old.key.id}/rotate`, { body });
  expect(await rotate({ grace: "soon" })).toMatchObject({ status: 400, body: { code: "invalid-parameter" } });
  expect(await rotate({ name: "default-2" })).toMatchObject({ status: 409, body: { code: "exists" } });
  expect((await rotate({ name: "short-lived" })).body).toMatchObject({ key: { name: "short-lived" }, replaced: { expiresAt: soon } });
  expect(await rotate({})).toMatchObject({ status: 409, body: { code: "exists" } });
});

test("says who has used a key lately, also where nobody has", async () => {
  const { key } = await make("idle");
  // The call log opens beside everything else.
  const use = (): Promise<unknown> => control.call("GET", `/api/consumers/acme/keys/${key.id}/use?within=30d`);
  await expect.poll(use, { timeout: 20_000 }).toMatchObject({ status: 200, body: { key: { id: key.id }, calls: 0, addresses: [], userAgents: [] } });
  expect(await control.call("GET", `/api/consumers/acme/keys/${key.id}/use?within=x`)).toMatchObject({ status: 400, body: { code: "invalid-parameter" } });
});

test("exports scopes and ends, and applies what an export says of them", async () => {
  const { key } = await make("exported", { scopes: { models: ["openai/*"] }, expiresAt: "2090-01-31T00:00:00.000Z" });
  const { body } = await control.call("GET", "/api/config");
  const yaml = String(body["yaml"]);
  expect(yaml).toMatch(/models:\s+- openai\/\*/);
  expect(yaml).toContain("2090-01-31T00:00:00.000Z");
  const changed = yaml.replace("2090-01-31T00:00:00.000Z", "2091-01-31");
  const plan = await control.call("POST", "/api/config/plan", { body: { yaml: changed } });
  const applied = await control.call("POST", "/api/config/apply", { body: { yaml: changed }, ifMatch: String(plan.body["base"]) });
  expect(applied.status, JSON.stringify(applied.body)).toBe(200);
  expect((await control.call("GET", `/api/consumers/acme/keys/${key.id}`)).body).toMatchObject({ id: key.id, expiresAt: "2091-01-31", scopes: { models: ["openai/*"] } });
});
