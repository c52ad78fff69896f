import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hashKey, loadMasterKey, openSecret } from "@parley/contract/secrets";
import { aService, startControl, type TestControl } from "../testing/start-control.ts";
import { TestGateway } from "../testing/test-gateway.ts";

const openaiKey = "sk-from-the-environment";
let control: TestControl;
let gateway: TestGateway;
beforeEach(async () => {
  control = await startControl({ environment: { OPENAI_API_KEY: openaiKey, OPENAI_BASE_URL: "http://127.0.0.1:9999/v1", OLLAMA_HOST: "0.0.0.0", MISTRAL_API_KEY: "dummy" } });
  gateway = await TestGateway.connect(control.place.socket);
  await gateway.until(({ snapshot }) => snapshot.version > 0);
});
afterEach(async () => {
  gateway.close();
  await control.stop();
});

describe("providers of the environment", () => {
  test("are there with their keys sealed, read-only, and say where they come from", async () => {
    const { provider } = gateway.snapshot.entities;
    expect(Object.keys(provider).toSorted()).toEqual(["mistral", "ollama", "openai", "sandbox"]);
    expect(provider["ollama"]).toMatchObject({ baseUrl: "http://127.0.0.1:11434" });
    const masterKey = loadMasterKey(control.place.masterKey, { environment: {}, create: false });
    expect(openSecret(masterKey, "provider/openai/apiKey", provider["openai"]?.apiKey ?? "")).toBe(openaiKey);
    const shown = await control.call("GET", "/api/providers/openai");
    expect(shown.body).toMatchObject({ origin: "environment", spec: { apiKey: "***", baseUrl: "http://127.0.0.1:9999/v1" } });
    expect(await control.call("DELETE", "/api/providers/openai", { ifMatch: shown.etag })).toMatchObject({ status: 403, body: { detail: expect.stringContaining("OPENAI_API_KEY") as string } });
  });

  test("let in whoever presents the provider's own key, to the AI endpoints alone; a placeholder opens nothing", () => {
    const { key, consumer } = gateway.snapshot.entities;
    expect(key[hashKey(openaiKey)]).toEqual({ id: "environment-openai", name: "OPENAI_API_KEY", consumer: "environment" });
    expect(consumer["environment"]).toEqual({ access: ["ai"], limits: [] });
    expect(key[hashKey("dummy")]).toBeUndefined();
  });

  test("give way to one in the database, with their key, and come back after it", async () => {
    const made = await control.call("PUT", "/api/providers/openai", { create: true, body: { spec: { apiKey: "sk-of-the-database", baseUrl: "https://api.openai.com/v1" } } });
    expect(made).toMatchObject({ status: 200, body: { origin: "database" } });
    await gateway.until(({ snapshot }) => snapshot.entities.provider["openai"]?.baseUrl === "https://api.openai.com/v1");
    expect(gateway.snapshot.entities.key[hashKey(openaiKey)]).toBeUndefined();
    const status = await control.call("GET", "/api/status");
    expect(status.body["configuration"]).toMatchObject([{ severity: "warning", message: expect.stringContaining("openai") as string }]);
    await control.call("DELETE", "/api/providers/openai", { ifMatch: made.etag });
    await gateway.until(({ snapshot }) => snapshot.entities.provider["openai"]?.baseUrl === "http://127.0.0.1:9999/v1");
    expect(gateway.snapshot.entities.key[hashKey(openaiKey)]).toBeDefined();
  });
});

describe("the file of the configuration", () => {
  const plan = (yaml: string, variables: Record<string, string> = {}) => control.call("POST", "/api/config/plan", { body: { yaml, variables } });
  const apply = (yaml: string, ifMatch: string, variables: Record<string, string> = {}) => control.call("POST", "/api/config/apply", { ifMatch, body: { yaml, variables } });
  const changesOf = (answer: { body: Record<string, unknown> }) => (answer.body["changes"] as { action: string; kind: string; name: string }[]).map(({ action, kind, name }) => `${action} ${kind} ${name}`).toSorted();

  async function fill(): Promise<void> {
    await control.call("PUT", "/api/services/notes", { create: true, body: { spec: { ...aService().spec, upstream: { targets: [{ url: "http://127.0.0.1:9001/api" }], timeouts: { connect: "60s" }, credentials: { header: "Authorization", value: "Bearer ${literal} text" } } } } });
    await control.call("PUT", "/api/providers/own-vllm", { create: true, body: { spec: { kind: "openai-compatible", apiKey: "sk-own", baseUrl: "http://127.0.0.1:8000/v1" } } });
    await control.call("PUT", "/api/models/assistant", { create: true, body: { spec: { targets: [{ model: "own-vllm/llama" }, { model: "openai/gpt-5" }] } } });
    await control.call("PUT", "/api/consumers/acme", { create: true, body: { spec: { access: ["notes", "ai"], limits: [{ cost: "50 USD", per: "month" }] } } });
    await control.call("POST", "/api/consumers/acme/keys", { body: { name: "default" } });
    const { etag } = await control.call("GET", "/api/settings/logging");
    await control.call("PUT", "/api/settings/logging", { ifMatch: etag, body: { spec: { retain: "7d", redact: ["/${x}"] } } });
  }

  test("applied to where it was exported changes nothing, with no variable set", async () => {
    await fill();
    const { body, etag } = await control.call("GET", "/api/config");
    const yaml = body["yaml"] as string;
    expect(body["etag"]).toBe(etag);
    for (const secret of ["sk-own", openaiKey, "literal"]) expect(yaml).not.toContain(secret);
    expect(await plan(yaml)).toMatchObject({ status: 200, body: { base: etag, changes: [] } });
    expect(await apply(yaml, etag)).toMatchObject({ status: 200, etag, body: { base: etag, changes: [] } });
  });

  test("holds the secrets of every kind of setting as variables, and makes the same installation elsewhere", async () => {
    const secrets = ["webhook-hmac-1", "otlp-header-1", "https://hooks.slack.example/T1", "https://teams.example/T2", "channel-hmac-1", "routing-1", "mail-pass-1", "sk-one-1", '{"client_email":"a@b","private_key":"p-1"}'];
    const [hmac, otlp, slack, teams, channelHmac, routing, mail, key, account] = secrets;
    const put = async (path: string, spec: object): Promise<void> => {
      const isSetting = path.startsWith("/api/settings/");
      const answer = await control.call("PUT", path, isSetting ? { ifMatch: "*", body: { spec } } : { create: true, body: { spec } });
      expect([answer.status, answer.body["detail"]]).toEqual([isSetting ? 200 : 201, undefined]);
    };
    await put("/api/settings/ai", { guardrails: { pii: { detect: ["email"], webhook: { url: "http://127.0.0.1:9/guard", secret: hmac } } } });
    await put("/api/settings/telemetry", { otlp: { endpoint: "http://127.0.0.1:4318", headers: { "x-api-key": otlp } } });
    await put("/api/channels/chat", { slack });
    await put("/api/channels/office", { teams });
    await put("/api/channels/hook", { webhook: "https://hooks.example.com/ops", secret: channelHmac, headers: { "X-Token": "t-1" } });
    await put("/api/channels/pager", { pagerduty: { routingKey: routing } });
    await put("/api/channels/mail", { email: { to: ["a@example.com"], from: "b@example.com", host: "smtp.example.com", user: "u", password: mail } });
    await put("/api/providers/anthropic", { keys: [{ name: "one", apiKey: key }] });
    await put("/api/providers/vertex", { project: "p", serviceAccount: account });
    await put("/api/consumers/acme", {});
    for (const name of ["zeta", "alpha", "mid", "beta"]) await control.call("POST", "/api/consumers/acme/keys", { body: { name } });
    const { body, etag } = await control.call("GET", "/api/config");
    const yaml = body["yaml"] as string;
    for (const secret of secrets) expect(yaml).not.toContain(secret);
    expect(yaml).toMatch(/secret: \$\{PII_WEBHOOK_SECRET\}[\s\S]*x-api-key: \$\{OTLP_X_API_KEY\}/);
    expect(await plan(yaml)).toMatchObject({ status: 200, body: { base: etag, changes: [], diagnostics: [] } });
    const variables = Object.fromEntries([...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => [name, name.includes("ACCOUNT") || name.includes("CREDENTIALS") ? account : `https://elsewhere.example/${name}`]));
    const other = await startControl();
    try {
      const there = await other.call("GET", "/api/config");
      expect((await other.call("POST", "/api/config/apply", { ifMatch: there.etag, body: { yaml, variables } })).status).toBe(200);
      expect((await other.call("GET", "/api/config")).body["yaml"]).toBe(yaml);
    } finally {
      await other.stop();
    }
  });

  test("is compared by meaning, and a secret by its value", async () => {
    await fill();
    const yaml = ((await control.call("GET", "/api/config")).body["yaml"] as string).replace("connect: 60s", "connect: 1m");
    expect(changesOf(await plan(yaml, { OWN_VLLM_API_KEY: "sk-own" }))).toEqual([]);
    const changed = await plan(yaml, { OWN_VLLM_API_KEY: "sk-new" });
    expect(changesOf(changed)).toEqual(["change provider own-vllm"]);
    expect(JSON.stringify(changed.body)).not.toContain("sk-new");
    expect(changed.body["changes"]).toMatchObject([{ changes: [{ op: "replace", path: "/apiKey", before: "***", value: "***" }] }]);
  });

  test("makes the configuration what it says, in one step, for every gateway", async () => {
    await fill();
    const yaml = ["services:", "  other: { path: /other, upstream: { targets: [{ url: '${OTHER_URL}' }] } }", "consumers:", "  acme: { access: [other], keys: [{ name: default, secret: '${ACME_KEY}' }] }"].join("\n");
    const variables = { OTHER_URL: "http://127.0.0.1:9005", ACME_KEY: "a-key-of-acme" };
    const planned = await plan(yaml, variables);
    expect(changesOf(planned)).toEqual([
      "change consumer acme", "change settings logging", "create key acme/default", "create service other", "delete consumer first-app", "delete key acme/default",
      "delete key first-app/default", "delete model assistant", "delete provider own-vllm", "delete provider sandbox", "delete service notes",
    ]);
    const before = gateway.messages.length;
    const applied = await apply(yaml, planned.body["base"] as string, variables);
    expect(changesOf(applied)).toEqual(changesOf(planned));
    await gateway.until(({ snapshot }) => "other" in snapshot.entities.service);
    expect(gateway.messages.length).toBe(before + 1);
    expect(gateway.snapshot.entities.key[hashKey("a-key-of-acme")]).toMatchObject({ consumer: "acme", name: "default" });
    expect(Object.keys(gateway.snapshot.entities.service)).toEqual(["other"]);
    expect(gateway.snapshot.entities.logging[""]).toMatchObject({ retain: 30 * 24 * 3_600_000 });
    expect(await plan(yaml, variables)).toMatchObject({ body: { changes: [] } });
  });

  test("is refused where the plan is stale, has errors, or reads what it was not given", async () => {
    const { etag } = await control.call("GET", "/api/config");
    await control.call("PUT", "/api/services/notes", { create: true, body: aService() });
    expect(await apply("services: {}", etag)).toMatchObject({ status: 412, body: { code: "stale-plan" } });
    expect(await control.call("POST", "/api/config/apply", { body: { yaml: "services: {}" } })).toMatchObject({ status: 428 });
    const now = (await control.call("GET", "/api/config")).etag;
    expect(await apply("servces: {}", now)).toMatchObject({ status: 400, body: { diagnostics: [{ code: "config-unknown-key", line: 1 }] } });
    expect(await plan("consumers: { acme: { keys: [{ name: a, secret: '${PARLEY_ADMIN_TOKEN}' }] } }")).toMatchObject({ body: { changes: [], diagnostics: [{ code: "config-missing-variable" }] } });
    expect(await plan("services: { a: { path: /a, upstream: { targets: [{ url: 'http://${OPENAI_API_KEY}.example' }] } } }")).toMatchObject({ body: { changes: [], diagnostics: [{ code: "config-missing-variable" }] } });
    expect((await control.call("GET", "/api/config")).etag).toBe(now);
  });

  test("says of what belongs to the start that it is not applied", async () => {
    const planned = await plan("gateway: { port: 9000, limits: { bodyBytes: 1MiB } }\nadmin: { port: 9001 }");
    expect(changesOf(planned)).toContain("change settings gateway");
    expect((planned.body["diagnostics"] as { pointer: string }[]).map((diagnostic) => diagnostic.pointer)).toEqual(expect.arrayContaining(["/gateway/port", "/admin"]));
  });
});
