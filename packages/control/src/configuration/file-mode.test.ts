import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashKey } from "@parley/contract/secrets";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aService, startControl, type TestControl } from "../testing/start-control.ts";
import { eventually } from "../testing/eventually.ts";
import { TestGateway } from "../testing/test-gateway.ts";

const yaml = (path = "/notes") => `
services:
  notes:
    path: ${path}
    upstream:
      targets: [{ url: "\${NOTES_URL}" }]
      credentials: { header: Authorization, value: "Bearer \${NOTES_TOKEN}" }
ai:
  providers: { sandbox: {} }
consumers:
  acme: { access: [notes, ai], keys: [{ name: default, secret: "\${ACME_KEY}" }] }
`;
const environment = { NOTES_URL: "http://127.0.0.1:9001/api", NOTES_TOKEN: "a-secret-token", ACME_KEY: "acme-has-this-key", OPENAI_API_KEY: "sk-0123456789abcdef" };

let folder: string;
let file: string;
let control: TestControl;
let gateway: TestGateway;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-file-"));
  file = join(folder, "parley.yaml");
  writeFileSync(file, yaml());
  control = await startControl({ file, environment });
  gateway = await TestGateway.connect(control.place.socket);
  await gateway.until(({ snapshot }) => snapshot.version > 0);
});
afterEach(async () => {
  gateway.close();
  await control.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("publishes what the file says: variables filled in, secrets sealed, keys hashed, nothing from the environment by itself", () => {
  const { service, key, provider, consumer } = gateway.snapshot.entities;
  expect(service["notes"]?.upstream).toMatchObject({ targets: [{ url: environment.NOTES_URL }], credentials: { value: expect.stringMatching(/^sealed:v1:/) as string } });
  expect(key).toEqual({ [hashKey(environment.ACME_KEY)]: { id: "acme~default", name: "default", consumer: "acme" } });
  expect([Object.keys(provider), Object.keys(consumer)]).toEqual([["sandbox"], ["acme"]]);
});

test("publishes limits of keys and teams, prompts and guardrails as gateways read them", async () => {
  writeFileSync(file, `${yaml()}  other: { team: research, keys: [{ name: default, secret: another-key, limits: [{ tokens: 100, per: 1m }] }] }
teams: { research: { limits: [{ cost: 5 USD, per: month, zone: Europe/Berlin }] } }
prompts: { greet: { versions: { v1: { model: sandbox/echo, messages: [{ role: user, content: "Hello {{name}}" }], variables: { name: {} } } } } }
telemetry: { otlp: { endpoint: "http://127.0.0.1:4318", headers: { x-api-key: "\${NOTES_TOKEN}" } } }
`);
  await gateway.until(({ snapshot }) => snapshot.entities.team["research"] !== undefined);
  const { key, team, prompt, consumer, telemetry } = gateway.snapshot.entities;
  expect(key[hashKey("another-key")]?.limits).toEqual([{ tokens: 100, per: { kind: "rolling", milliseconds: 60_000 } }]);
  expect(team["research"]?.limits).toEqual([{ cost: { amount: 5, currency: "USD" }, per: { kind: "calendar", unit: "month" }, zone: "Europe/Berlin" }]);
  expect([consumer["other"]?.team, Object.keys(prompt["greet"]?.versions ?? {})]).toEqual(["research", ["v1"]]);
  expect(telemetry[""]?.otlp?.headers["x-api-key"]).toMatch(/^sealed:v1:/);
  expect((await control.call("GET", "/api/settings/telemetry")).body).toMatchObject({ spec: { otlp: { headers: { "x-api-key": "***" } } } });
});

test("shows what the file says as it is written, secrets hidden", async () => {
  const { body } = await control.call("GET", "/api/services/notes");
  expect(body).toMatchObject({ origin: "file", updatedBy: "file", spec: { path: "/notes", upstream: { targets: [{ url: "${NOTES_URL}" }], credentials: { value: "***" } } } });
  expect((await control.call("GET", "/api/consumers/acme/keys")).body.items).toMatchObject([{ id: "acme~default", origin: "file" }]);
  expect(await control.call("GET", "/api/session")).toMatchObject({ body: { mode: "file" } });
});

describe("changes over the API", () => {
  test.each<[what: string, request: [method: string, path: string], body: unknown, yaml: RegExp]>([
    ["a new service", ["PUT", "/api/services/other"], aService("/other"), /^services:\n {2}other:\n {4}path: \/other\n/],
    ["a patch", ["PATCH", "/api/services/notes"], { access: "open" }, /notes:\n(?:.*\n)*.*access: open\n/],
    ["a provider's key", ["PUT", "/api/providers/openai"], { spec: { apiKey: "sk-secret" } }, /^ai:\n {2}providers:\n {4}openai:\n {6}apiKey: \$\{OPENAI_API_KEY\}\n$/],
    ["a key", ["POST", "/api/consumers/acme/keys"], { name: "phone" }, /^consumers:\n {2}acme:\n {4}keys:\n {6}- name: phone\n {8}secret: \$\{ACME_PHONE_KEY\}\n$/],
    ["settings", ["PUT", "/api/settings/logging"], { spec: { retain: "7d" } }, /^logging:\n {2}retain: 7d\n$/],
    ["a removal", ["DELETE", "/api/services/notes"], undefined, /^# Take this entry out of the file:\nservices:\n {2}notes:/],
  ])("%s is refused, with the YAML to paste", async (_, [method, path], body, expected) => {
    const answer = await control.call(method, path, { ...(body === undefined ? {} : { body }), ifMatch: '"any"' });
    expect(answer).toMatchObject({ status: 403, body: { code: "read-only-configuration" } });
    expect(answer.body["yaml"]).toMatch(expected);
    expect(answer.body["yaml"]).not.toContain("sk-secret");
  });

  test("to people go to the database all the same", async () => {
    expect(await control.call("POST", "/api/people", { body: { name: "bob", role: "viewer" } })).toMatchObject({ status: 201 });
  });
});

describe("a change of the file", () => {
  test("is live by itself, by writing in place and by renaming over it, and tells gateways no more than it has to", async () => {
    writeFileSync(file, yaml("/in-place"));
    await gateway.until(({ snapshot }) => snapshot.entities.service["notes"]?.path === "/in-place");
    writeFileSync(join(folder, "new"), yaml("/renamed"));
    renameSync(join(folder, "new"), file);
    await gateway.until(({ snapshot }) => snapshot.entities.service["notes"]?.path === "/renamed");
    expect(gateway.messages.slice(1).flatMap((message) => (message.type === "delta" ? message.delta.changes.map(({ kind, name }) => `${kind}/${name}`) : [message.type]))).toEqual(["service/notes", "service/notes"]);
    const audit = await control.call("GET", "/api/audit?actor=file");
    expect(audit.body.items?.[0]).toMatchObject({ action: "change", kind: "service", name: "notes", changes: [{ op: "replace", path: "/path", value: "/renamed" }] });
  });

  test("moves keys between consumers and names, and takes those away that are gone, as if the file had been read first", async () => {
    const keysOf = (consumers: Record<string, [name: string, secret: string][]>): string =>
      Object.entries(consumers).map(([name, keys]) => `  ${name}: { keys: [${keys.map(([key, secret]) => `{ name: ${key}, secret: ${secret} }`).join(", ")}] }\n`).join("");
    const inForce = (): Record<string, string> => Object.fromEntries(Object.entries(gateway.snapshot.entities.key).map(([hash, { id }]) => [hash, id]));
    const steps: Record<string, [string, string][]>[] = [
      { shop: [["one", "the-first-key"], ["two", "the-second-key"]], desk: [["one", "the-third-key"]], same: [["one", "the-fourth-key"]] },
      { shop: [["one", "the-second-key"], ["two", "the-first-key"]], same: [["one", "the-fourth-key"]] },
      { desk: [["two", "the-first-key"]], shop: [["one", "the-third-key"]], same: [["one", "the-fourth-key"]] },
    ];
    for (const step of steps) {
      writeFileSync(file, yaml() + keysOf(step));
      const wanted = Object.fromEntries(Object.entries({ ...step, acme: [["default", environment.ACME_KEY]] }).flatMap(([consumer, keys]) => keys.map(([name, secret]) => [hashKey(secret as string), `${consumer}~${name}`])));
      await eventually(inForce).toEqual(wanted);
      expect((await control.call("GET", "/api/consumers/shop/keys")).body.items).toHaveLength(step["shop"]?.length ?? 0);
    }
  });

  test("with errors changes nothing, is shown with its line, and is over when it is corrected", async () => {
    writeFileSync(file, yaml().replace("path: /notes", "pth: /notes"));
    const status = async () => (await control.call("GET", "/api/status")).body["configuration"] as { code: string; line: number; severity: string }[];
    await eventually(status).toEqual(expect.arrayContaining([expect.objectContaining({ code: "config-unknown-key", line: 4, severity: "error" })]));
    const ready = await control.call("GET", "/readyz");
    expect(ready).toMatchObject({ status: 503, body: { checks: { configuration: { ok: false } }, diagnostics: expect.arrayContaining([expect.objectContaining({ line: 4 })]) as unknown } });
    // Gateways are asked for their counts now and then; of the configuration they were told nothing.
    expect(gateway.messages.flatMap(({ type }) => (type === "snapshot" || type === "delta" ? [type] : []))).toEqual(["snapshot"]);
    expect(await control.call("GET", "/api/services/notes")).toMatchObject({ status: 200, body: { spec: { path: "/notes" } } });
    writeFileSync(file, yaml("/corrected"));
    await gateway.until(({ snapshot }) => snapshot.entities.service["notes"]?.path === "/corrected");
    expect((await status()).filter((diagnostic) => diagnostic.severity === "error")).toEqual([]);
  });

  test("to what is read once at start names it", async () => {
    writeFileSync(file, `${yaml()}gateway: { port: 9876 }\n`);
    await eventually(async () => (await control.call("GET", "/api/status")).body["configuration"]).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: "config-needs-restart", pointer: "/gateway/port" })]),
    );
  });
});

test.each([["asked for before", true], ["asked for only after it", false]])("keys that are %s a change are as the file says after it", async (_when, before) => {
  const shown = async (): Promise<unknown[]> => (await Promise.all(["acme", "other"].map((name) => control.call("GET", `/api/consumers/${name}/keys`)))).map(({ body }) => (body.items as { name: string }[] | undefined)?.map(({ name }) => name));
  if (before) expect(await shown()).toEqual([["default"], undefined]);
  writeFileSync(file, `${yaml().replace("name: default", "name: renamed")}  other: { keys: [{ name: one, secret: one-of-the-other }, { name: two, hash: "${hashKey("two-of-the-other")}" }] }\n`);
  await gateway.until(({ snapshot }) => snapshot.entities.consumer["other"] !== undefined);
  expect(Object.values(gateway.snapshot.entities.key).map(({ id }) => id).toSorted()).toEqual(["acme~renamed", "other~one", "other~two"]);
  expect(await shown()).toEqual([["renamed"], ["one", "two"]]);
  writeFileSync(file, yaml());
  await gateway.until(({ snapshot }) => snapshot.entities.consumer["other"] === undefined);
  expect(gateway.snapshot.entities.key).toEqual({ [hashKey(environment.ACME_KEY)]: { id: "acme~default", name: "default", consumer: "acme" } });
  expect(await shown()).toEqual([["default"], undefined]);
});

test("a restart without a change sends gateways nothing", async () => {
  const { version } = gateway.snapshot;
  control = await control.restart();
  expect(control.process).toMatchObject({ port: expect.any(Number) as number });
  const back = await TestGateway.connect(control.place.socket, { snapshotVersion: version });
  back.send({ type: "resync" });
  await back.until(({ messages }) => messages.length > 0);
  expect(back.messages).toMatchObject([{ type: "snapshot", snapshot: { version } }]);
  back.close();
});

test("starts on what was in force before when the file has errors by then", async () => {
  const { version } = gateway.snapshot;
  writeFileSync(file, "services: [");
  control = await control.restart();
  const back = await TestGateway.connect(control.place.socket);
  await back.until(({ snapshot }) => snapshot.version === version);
  expect(back.snapshot.entities.service["notes"]?.path).toBe("/notes");
  back.close();
});
