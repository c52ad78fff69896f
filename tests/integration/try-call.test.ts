/** A person's own call through the gateway, made by the control plane: the key, the log, the audit, and what is refused. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let parley: Parley;

beforeAll(async () => {
  // From a file, where nothing can be written into the configuration.
  parley = await startParley({ yaml: "ai:\n  providers: { sandbox: {} }\n" });
});

afterAll(() => parley[Symbol.asyncDispose]());

async function attempt(body: unknown): Promise<{ status: number; text: string; events: { event: string; data: Record<string, unknown> }[] }> {
  const answer = await parley.admin("/api/try", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  const events = [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event, data]) => ({ event: event ?? "", data: JSON.parse(data ?? "null") as Record<string, unknown> }));
  return { status: answer.status, text, events };
}

function textOf(events: readonly { data: Record<string, unknown> }[]): string {
  return events.map(({ data }) => (typeof data["text"] === "string" ? data["text"] : "")).join("");
}

function chat(stream: boolean): Record<string, unknown> {
  const request = { model: "sandbox/echo", stream, messages: [{ role: "user", content: "said in the playground" }] };
  return { method: "POST", path: "/v1/chat/completions", headers: { "content-type": "application/json" }, body: JSON.stringify(request) };
}

test("a stream of a model comes as it is, and stands in the log as the person's own call", async () => {
  const { status, events } = await attempt(chat(true));
  expect(status).toBe(200);
  const [head, ...rest] = events;
  expect(head).toMatchObject({ event: "head", data: { status: 200 } });
  expect(rest.at(-1)).toMatchObject({ event: "end", data: { broken: null, truncated: false } });
  const said = textOf(rest);
  expect(said).toContain("data: [DONE]");
  expect(said).toContain("playground");
  const path = `/api/calls/${String(head?.data["callId"])}`;
  await eventually(async () => (await parley.admin(path)).ok);
  expect(await (await parley.admin(path)).json()).toMatchObject({ consumer: "playground", key: "token", status: 200, kind: "ai" });
});

test("one key serves a person's calls, and its making is audited without its secret", async () => {
  await attempt(chat(false));
  await attempt(chat(false));
  const audit = (await (await parley.admin("/api/audit?kind=key")).json()) as { items: { name: string; action: string; changes: unknown }[] };
  expect(audit.items).toHaveLength(1);
  expect(audit.items[0]).toMatchObject({ name: "playground/token", action: "create" });
  expect(JSON.stringify(audit.items)).not.toContain("pk_");
});

test("the gateway's refusals arrive with their status and their words", async () => {
  const { status, events } = await attempt({ method: "GET", path: "/nothing/here" });
  expect(status).toBe(200);
  expect(events[0]).toMatchObject({ event: "head", data: { status: 404 } });
  expect(textOf(events)).toContain("unknown-route");
});

test.each([
  ["another host by a path", { path: "//127.0.0.1:1/" }],
  ["another host by a backslash", { path: "/\\127.0.0.1:1/" }],
  ["a whole address", { path: "http://127.0.0.1:1/" }],
  ["a line break in a field", { path: "/", headers: { "x-a": "b\r\nc: d" } }],
  ["a member that is none", { path: "/", key: "mine" }],
])("%s is refused", async (_what, body) => {
  const { status, text } = await attempt(body);
  expect(status).toBe(400);
  expect(JSON.parse(text)).toMatchObject({ code: "invalid-body" });
});

test("models are listed with prices, providers with their keys' state, and aliases with their targets", async () => {
  const yaml = `
ai:
  providers: { sandbox: {}, openai: { apiKey: sk-never-used }, own: { kind: openai-compatible, baseUrl: "http://127.0.0.1:9/v1", models: [local] } }
  prices: { own/local: { input: 1, output: 2 } }
  models: { assistant: { strategy: fastest, targets: [{ model: openai/gpt-5-mini }, { model: sandbox/echo }] } }
`;
  await using other = await startParley({ yaml });
  type State = { models: { name: string; price: Record<string, unknown> | null }[]; providers: unknown; aliases: unknown };
  const read = async (): Promise<State> => (await (await other.admin("/api/catalogue/models")).json()) as State;
  await eventually(async () => (await read()).models.some(({ name }) => name === "own/local"), { what: () => "the gateway's models to be listed" });
  const { models, providers, aliases } = await read();
  const price = (name: string) => models.find((model) => model.name === name)?.price;
  expect(price("own/local")).toMatchObject({ input: 1, output: 2, source: "configuration" });
  expect(price("sandbox/echo")).toMatchObject({ input: 0, source: "free" });
  expect(price("openai/gpt-5-mini")).toMatchObject({ source: "catalogue", input: 0.25, output: 2 });
  expect(providers).toContainEqual({ name: "openai", trouble: null, keys: [{ name: "default", state: "ready", restsForMs: 0 }] });
  expect(aliases).toEqual([{ name: "assistant", targets: [{ name: "openai/gpt-5-mini", streamMs: null, wholeMs: null }, { name: "sandbox/echo", streamMs: null, wholeMs: null }] }]);
});

test("past the gateway only the public internet is reached; who asked for what is in the audit", async () => {
  for (const target of [parley.adminUrl, parley.gatewayUrl, "http://169.254.169.254"]) {
    const answer = await parley.admin("/api/try/elsewhere", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ target: new URL(target).origin, path: "/api/status?secret=1" }) });
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: "invalid-body", errors: [{ pointer: "/target" }] }]);
  }
  const audit = (await (await parley.admin("/api/audit?kind=elsewhere")).json()) as { items: { name: string; action: string; changes: { value: unknown }[] }[] };
  expect(audit.items).toHaveLength(3);
  expect(audit.items[0]).toMatchObject({ name: "http://169.254.169.254", action: "call", changes: [{ value: { method: "GET", path: "/api/status" } }] });
});
