/** What every operation that is no GET writes to the audit log; one that is not in the table fails. */
import { operations, type OperationName } from "@parley/contract/api/operations";
import type { AuditEntry } from "@parley/contract/api/system";
import { openEmbeddedConfigStore } from "@parley/stores/embedded/config-store";
import { connectLedger, type EmbeddedLedger, startLedger } from "@parley/stores/embedded/ledger";
import type { Ledger } from "@parley/stores/ports/ledger";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addPerson, type Answer, aService, password, signInFirst, startControl, tokenOf, type TestControl } from "../testing/start-control.ts";
import { TestGateway } from "../testing/test-gateway.ts";

type Writing = { [Name in OperationName]: (typeof operations)[Name]["method"] extends "GET" ? never : Name }[OperationName];
type Entry = `${AuditEntry["action"]} ${string}`;

interface Row {
  /** What has to be there first; its result goes to `call`. */
  first?: () => Promise<unknown>;
  call: (first: never) => Promise<Answer>;
  /** Action, kind and name of the entries, oldest first. */
  writes: Entry[];
  /** Why there are none. */
  none?: string;
  /** What is asked of somebody outside fails here; that it was asked is written all the same. */
  outside?: true;
  actor?: string;
}

const resource = { service: "notes", path: "/notes/7" };
const versions = { select: { by: "header" }, list: { v1: {} } };
const document = "openapi: 3.0.3\ninfo: { title: Notes, version: '1' }\npaths: {}\n";
const yaml = { headers: { "content-type": "application/yaml" } };
const file = (name: string): { yaml: string } => ({ yaml: `consumers:\n  ${name}: {}\n` });

let control: TestControl;
let served: EmbeddedLedger;
let ledger: Ledger;
let gateway: TestGateway;
let ann: string;

beforeAll(async () => {
  control = await withFiringAlert();
  served = await startLedger({ databasePath: control.place.ledgerDatabase, socketPath: control.place.ledgerSocket, died: (error) => expect.fail(error.message) });
  ledger = connectLedger({ socketPath: control.place.ledgerSocket });
  await vi.waitFor(async () => expect((await control.call("GET", "/api/conflicts")).status).toBe(200), 15_000);
  await create("/api/services/notes", { ...aService().spec, mirror: { target: "http://127.0.0.1:9002" }, canary: { target: "http://127.0.0.1:9003", percent: 5, rollout: {} } });
  await create("/api/services/dated", { ...aService("/dated").spec, versions });
  await create("/api/channels/ops", { webhook: "http://127.0.0.1:9/" });
  await create("/api/consumers/acme", {});
  gateway = await answeringGateway(control.place.socket);
  ann = await signInFirst(control);
});
afterAll(async () => {
  gateway.close();
  await ledger.close();
  await control.stop();
  await served.close();
});

/** Of something that always holds, and has been seen to before the start: nothing is waited for. */
async function withFiringAlert(): Promise<TestControl> {
  const begun = await startControl();
  expect((await begun.call("PUT", "/api/alerts/firing", { create: true, body: { spec: { when: { metric: "disk_free", above: 0 }, notify: [] } } })).status).toBe(201);
  await begun.drain();
  const store = openEmbeddedConfigStore(begun.place.configDatabase);
  await store.alerts.commit({ states: [{ alert: "firing", state: "firing", since: 1, acknowledged: null, silenced: null, toldAt: null }], events: [], deliveries: [] });
  await store.close();
  return begun.restart();
}

/** Knows nothing, has whatever it is sent in force at once, and takes every order. */
async function answeringGateway(socket: string): Promise<TestGateway> {
  const connected = await TestGateway.connect(socket);
  let seen = 0;
  void connected.until(({ messages }) => {
    for (const message of messages.slice(seen)) {
      if (message.type === "snapshot" || message.type === "delta") connected.send({ type: "applied", version: connected.snapshot.version, tookMs: 0 });
      if (message.type === "caches") connected.send({ type: "caches", request: message.request, states: [], gone: 3 });
      if (message.type === "mirrors") connected.send({ type: "mirrors", request: message.request, states: [] });
      if (message.type === "restore") connected.send({ type: "restored", request: message.request, outcome: { kind: "applied", status: 204, revision: 2 } });
    }
    seen = messages.length;
    return false;
  });
  return connected;
}

async function create(path: string, spec: unknown): Promise<Answer> {
  const made = await control.call("PUT", path, { create: true, body: { spec } });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made;
}

const etagOf = async (path: string): Promise<string> => (await control.call("GET", path)).etag;
const remove = (path: string) => async (): Promise<Answer> => control.call("DELETE", path, { ifMatch: await etagOf(path) });

/** The three ways of changing one thing of a kind. */
function threeOf<Name extends string>(name: Name, kind: string, { path, spec, patch }: { path: string; spec: unknown; patch: unknown }): Record<`${"put" | "patch" | "delete"}${Name}`, Row> {
  const place = `${path}/thing`;
  const rows: Record<string, Row> = {
    [`put${name}`]: { call: () => control.call("PUT", place, { create: true, body: { spec } }), writes: [`create ${kind} thing`] },
    [`patch${name}`]: { call: async () => control.call("PATCH", place, { ifMatch: await etagOf(place), body: patch }), writes: [`change ${kind} thing`] },
    [`delete${name}`]: { call: remove(place), writes: [`delete ${kind} thing`] },
  };
  return rows as Record<`${"put" | "patch" | "delete"}${Name}`, Row>;
}

function setting(name: string, spec: unknown): Row {
  return { call: async () => control.call("PUT", `/api/settings/${name}`, { ifMatch: await etagOf(`/api/settings/${name}`), body: { spec } }), writes: [expect.stringMatching(new RegExp(`^(create|change) settings ${name}$`)) as Entry] };
}

const onlyLooks = "it tells what would be, and changes nothing";

const table: Record<Writing, Row> = {
  signIn: { call: () => control.call("POST", "/api/session", { cookie: null, body: { name: "ann", password } }), writes: ["sign-in session ann"], actor: "ann" },
  acceptLink: {
    first: async () => tokenOf(((await control.call("POST", "/api/people", { body: { name: "bob", role: "viewer" } })).body["link"] as { url: string }).url),
    call: (token: string) => control.call("POST", "/api/session/link", { cookie: null, body: { token, password } }), writes: ["password session bob", "sign-in session bob"], actor: "bob",
  },
  inspectLink: {
    first: async () => tokenOf(((await control.call("POST", "/api/people", { body: { name: "carl", role: "viewer" } })).body["link"] as { url: string }).url),
    call: (token: string) => control.call("POST", "/api/session/link/inspect", { cookie: null, body: { token } }), writes: [], none: onlyLooks,
  },
  changePassword: { call: () => control.call("POST", "/api/session/password", { cookie: ann, body: { current: password, next: password } }), writes: ["password session ann"], actor: "ann" },
  signOut: { first: () => addPerson(control, "dora", "viewer"), call: (cookie: string) => control.call("DELETE", "/api/session", { cookie }), writes: ["sign-out session dora"], actor: "dora" },
  addPerson: { call: () => control.call("POST", "/api/people", { body: { name: "eve", role: "viewer" } }), writes: ["create person eve"] },
  changePerson: { call: async () => control.call("PATCH", "/api/people/eve", { ifMatch: await etagOf("/api/people/eve"), body: { role: "editor" } }), writes: ["change person eve"] },
  renewLink: { call: () => control.call("POST", "/api/people/eve/link"), writes: ["change person eve"] },
  removePerson: { call: remove("/api/people/eve"), writes: ["delete person eve"] },
  ...threeOf("Service", "service", { path: "/api/services", spec: aService("/thing").spec, patch: { path: "/other" } }),
  ...threeOf("Provider", "provider", { path: "/api/providers", spec: { kind: "openai", apiKey: "sk-1" }, patch: { apiKey: "sk-2" } }),
  ...threeOf("Model", "model", { path: "/api/models", spec: { targets: [{ model: "sandbox/echo" }] }, patch: { targets: [{ model: "sandbox/other" }] } }),
  ...threeOf("Consumer", "consumer", { path: "/api/consumers", spec: {}, patch: { limits: [] } }),
  ...threeOf("Team", "team", { path: "/api/teams", spec: {}, patch: { description: "of shops" } }),
  ...threeOf("Prompt", "prompt", { path: "/api/prompts", spec: { versions: { v1: { model: "sandbox/echo", messages: [{ role: "user", content: "hello" }] } } }, patch: { description: "greets" } }),
  ...threeOf("Alert", "alert", { path: "/api/alerts", spec: { when: { metric: "errors", above: 10 }, notify: [] }, patch: { when: { above: 20 } } }),
  ...threeOf("Channel", "channel", { path: "/api/channels", spec: { webhook: "https://hooks.example/" }, patch: { resolved: false } }),
  putServiceDocument: { call: () => control.call("PUT", "/api/services/notes/openapi", { create: true, ...yaml, body: document }), writes: ["create document notes"] },
  diffServiceDocument: { call: () => control.call("POST", "/api/services/notes/openapi/diff", { ...yaml, body: document }), writes: [], none: onlyLooks },
  putVersionDocument: { call: () => control.call("PUT", "/api/services/dated/versions/v1/openapi", { create: true, ...yaml, body: document }), writes: ["create document dated/v1"] },
  diffVersionDocument: { call: () => control.call("POST", "/api/services/dated/versions/v1/openapi/diff", { ...yaml, body: document }), writes: [], none: onlyLooks },
  fetchDocument: { call: () => control.call("POST", "/api/documents/fetch", { body: { url: "http://127.0.0.1:9/" } }), outside: true, writes: ["call document http://127.0.0.1:9"] },
  createKey: { call: () => control.call("POST", "/api/consumers/acme/keys", { body: { name: "one" } }), writes: [expect.stringMatching(/^create key /) as Entry] },
  rotateKey: {
    first: () => newKey("two"),
    call: (id: string) => control.call("POST", `/api/consumers/acme/keys/${id}/rotate`, { body: { name: "three" } }), writes: [expect.stringMatching(/^(create|change) key /) as Entry, expect.stringMatching(/^(create|change) key /) as Entry],
  },
  revokeKey: { first: () => newKey("four"), call: (id: string) => remove(`/api/consumers/acme/keys/${id}`)(), writes: [expect.stringMatching(/^delete key /) as Entry] },
  putTelemetry: setting("telemetry", { otlp: { endpoint: "http://127.0.0.1:9" } }),
  putAiSettings: setting("ai", { path: "/intelligence" }),
  putLogging: setting("logging", { bodies: "none" }),
  tryCall: { call: () => control.call("POST", "/api/try", { body: { method: "GET", path: "/notes", headers: {} } }), outside: true, writes: ["create key playground/token"] },
  tryElsewhere: { call: () => control.call("POST", "/api/try/elsewhere", { body: { target: "http://127.0.0.1:9", method: "GET", path: "/", headers: {} } }), outside: true, writes: ["call elsewhere http://127.0.0.1:9"] },
  previewAlert: { call: () => control.call("POST", "/api/alerts/preview", { body: { spec: { when: { metric: "targets_out" }, notify: [] } } }), writes: [], none: onlyLooks },
  acknowledgeAlert: { call: () => control.call("POST", "/api/alerts/firing/acknowledge"), writes: ["acknowledge alert firing"] },
  silenceAlert: { call: () => control.call("POST", "/api/alerts/firing/silence", { body: { minutes: 5, reason: "a release" } }), writes: ["silence alert firing"] },
  unsilenceAlert: { call: () => control.call("DELETE", "/api/alerts/firing/silence"), writes: ["unsilence alert firing"] },
  testChannel: { call: () => control.call("POST", "/api/channels/ops/test"), writes: ["test channel ops"] },
  putSearch: { call: () => control.call("PUT", "/api/searches/mine", { create: true, cookie: ann, body: { search: { q: "status:409" } } }), writes: [], none: "it is one's own, and nobody else sees it or is concerned" },
  deleteSearch: {
    first: async () => (await control.call("PUT", "/api/searches/gone", { create: true, cookie: ann, body: { search: {} } })).etag,
    call: (ifMatch: string) => control.call("DELETE", "/api/searches/gone", { ifMatch, cookie: ann }), writes: [], none: "it is one's own, and nobody else sees it or is concerned",
  },
  forgetBypass: {
    first: async () => {
      await ledger.keepBypass(resource);
      return (await control.call("GET", "/api/bypasses")).body.items?.[0]?.["etag"];
    },
    call: (ifMatch: string) => control.call("DELETE", "/api/bypasses/notes", { ifMatch }), writes: ["delete bypass notes"],
  },
  breakLease: {
    first: async () => {
      const held = await ledger.acquireLease({ ...resource, holder: "acme", token: null, ttlMs: 60_000, restMs: 1, maxWaiting: 1, waitMs: 1_000 });
      return held.kind === "granted" ? `/api/leases/${held.lease.id}` : expect.fail(held.kind);
    },
    call: (place: string) => remove(place)(), writes: ["break lease notes /notes/7"],
  },
  restoreVersion: {
    first: async () => {
      const digest = `${"a".repeat(21)}A`;
      const place = { service: "notes", path: "/notes/8" };
      const { revision } = await ledger.noteState({ ...place, view: "", etag: null, digest, startedAt: Date.now() });
      await ledger.keepBase({ ...place, contentType: "application/json", body: "e30=", digest, revision, retainMs: 60_000 });
      return { revision, ifMatch: await etagOf("/api/resources/history?service=notes&resource=/notes/8") };
    },
    call: ({ revision, ifMatch }: { revision: number; ifMatch: string }) => control.call("POST", "/api/resources/restore", { ifMatch, body: { service: "notes", resource: "/notes/8", revision } }),
    writes: ["restore resource notes /notes/8"],
  },
  orderRollout: { call: () => control.call("POST", "/api/services/notes/rollout", { body: { order: "pause" } }), writes: ["change service notes"] },
  purgeCache: { call: () => control.call("DELETE", "/api/cache?service=notes"), writes: ["delete cache notes"] },
  forgetMirror: { call: () => control.call("DELETE", "/api/services/notes/mirror"), writes: ["delete mirror notes"] },
  planConfiguration: { call: () => control.call("POST", "/api/config/plan", { body: file("planned") }), writes: [], none: onlyLooks },
  checkConfiguration: { call: () => control.call("POST", "/api/config/check", { body: file("checked") }), writes: [], none: onlyLooks },
  applyConfiguration: {
    first: async () => (await control.call("GET", "/api/config")).body as unknown as { yaml: string; etag: string },
    call: ({ yaml: text, etag }: { yaml: string; etag: string }) => control.call("POST", "/api/config/apply", { ifMatch: etag, body: { yaml: text.replace(/^  acme:/m, "  applied: {}\n  acme:") } }),
    writes: ["create consumer applied"],
  },
};

async function newKey(name: string): Promise<string> {
  const made = await control.call("POST", "/api/consumers/acme/keys", { body: { name } });
  return (made.body["key"] as { id: string }).id;
}

const newest = async (): Promise<AuditEntry[]> => ((await control.call("GET", "/api/audit?limit=20")).body.items ?? []) as unknown as AuditEntry[];

test("every operation that is no GET is held against the audit log, and has entries or a reason for none", () => {
  expect(Object.keys(table).toSorted()).toEqual(Object.entries(operations).flatMap(([name, { method }]) => (method === "GET" ? [] : [name])).toSorted());
  for (const [name, { writes, none }] of Object.entries(table)) expect(writes.length > 0, name).toBe(none === undefined);
});

test.each(Object.entries(table))("%s", async (_, { first, call, writes, actor = "token", outside }) => {
  const made = await first?.();
  const before = (await newest())[0]?.id ?? 0;
  const answer = await call(made as never);
  if (!outside) expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  const entries = (await newest()).filter(({ id }) => id > before).toReversed();
  expect(entries.map(({ action, kind, name }) => `${action} ${kind} ${name}`)).toEqual(writes);
  for (const entry of entries) expect(entry).toMatchObject({ actor, clientAddress: "127.0.0.1" });
});
