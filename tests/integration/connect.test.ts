/** Coding agents led to the gateway and back, with settings that had a life before. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parleyCommand } from "../harness/run-command.ts";
import { startParley, type Parley } from "../harness/start-parley.ts";
import { listen, type TestServer } from "../harness/test-server.ts";

/** What connecting needs of a gateway: models for a key that it knows. */
let gateway: TestServer;
let asked: string[] = [];
let home: string;

beforeAll(async () => {
  gateway = await listen(
    createServer((request, response) => {
      asked.push(`${request.url} ${String(request.headers.authorization)}`);
      const known = request.headers.authorization === "Bearer the-key";
      response.writeHead(known ? 200 : 401, { "Content-Type": "application/json" }).end(JSON.stringify(known ? { data: [{ id: "assistant" }] } : { error: { message: "the key is unknown" } }));
    }),
  );
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  asked = [];
  home = mkdtempSync(join(tmpdir(), "parley-connect-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const connect = (...args: string[]) => parleyCommand(["connect", ...args], { HOME: home, XDG_CONFIG_HOME: join(home, ".config") });
const with_ = (agent: string, ...more: string[]) => connect(agent, "--gateway", gateway.url, "--key", "the-key", ...more);

function written(path: string, text: string): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const claudeBefore = '{ "permissions": {"allow": ["Bash"]},\n  "env": {"ANTHROPIC_API_KEY": "sk-mine", "OTHER": "1"} }\n';
const codexBefore = '# mine\nmodel = "gpt-5" # the usual\napproval_policy = "on-request"\n\n[mcp_servers.docs]\ncommand = "docs"\n';

describe("Claude Code", () => {
  test("24 gets the gateway's address and key beside what it has, tried with what was written, and goes back to the letter", async () => {
    const file = written(".claude/settings.json", claudeBefore);
    expect(await with_("claude-code", "--model", "assistant", "--json")).toMatchObject({ status: 0, out: expect.stringContaining('"models": 1') as string });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ permissions: { allow: ["Bash"] }, env: { OTHER: "1", ANTHROPIC_BASE_URL: gateway.url, ANTHROPIC_AUTH_TOKEN: "the-key", ANTHROPIC_MODEL: "assistant" } });
    expect([statSync(file).mode & 0o077, statSync(`${file}.before-parley`).mode & 0o077]).toEqual([0, 0]);
    expect(asked).toEqual(["/v1/models Bearer the-key", "/v1/models Bearer the-key"]);
    expect((await connect("claude-code", "--undo")).status).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(claudeBefore);
    expect(existsSync(`${file}.before-parley`)).toBe(false);
  });

  test("keeps what it wrote itself meanwhile, and connecting twice does not forget what was first", async () => {
    const file = written(".claude/settings.json", claudeBefore);
    await with_("claude-code");
    await with_("claude-code", "--model", "other");
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), theme: "dark" }));
    await connect("claude-code", "--undo");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ permissions: { allow: ["Bash"] }, env: { OTHER: "1", ANTHROPIC_API_KEY: "sk-mine" }, theme: "dark" });
  });

  test("that had no settings has none afterwards", async () => {
    await with_("claude-code");
    expect(existsSync(join(home, ".claude/settings.json"))).toBe(true);
    await connect("claude-code", "--undo");
    expect(existsSync(join(home, ".claude/settings.json"))).toBe(false);
  });
});

test("24 Codex gets a provider that speaks responses; comments and other tables stay, and it goes back to the letter", async () => {
  const file = written(".codex/config.toml", codexBefore);
  expect((await with_("codex", "--model", "assistant")).status).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(
    `model_provider = "parley"\n# mine\nmodel = "assistant"\napproval_policy = "on-request"\n\n[mcp_servers.docs]\ncommand = "docs"\n\n[model_providers.parley]\nname = "Parley"\nbase_url = "${gateway.url}/v1"\nexperimental_bearer_token = "the-key"\nwire_api = "responses"\n`,
  );
  writeFileSync(file, `${readFileSync(file, "utf8")}\n[projects."/work"]\ntrust_level = "trusted"\n`);
  await connect("codex", "--undo");
  expect(readFileSync(file, "utf8").replaceAll(/\n+/g, "\n")).toBe(`${codexBefore}[projects."/work"]\ntrust_level = "trusted"\n`.replaceAll(/\n+/g, "\n"));
  const after = readFileSync(file, "utf8");
  await with_("codex");
  await connect("codex", "--undo");
  expect(readFileSync(file, "utf8")).toBe(after);
});

test("24 Cursor gets key and address in its database, beside everything else there", async () => {
  expect(await with_("cursor")).toMatchObject({ status: 1, error: expect.stringContaining("connect-unreadable") as string });
  const file = written(".config/Cursor/User/globalStorage/state.vscdb", "");
  const user = "src.vs.platform.reactivestorage.browser.reactiveStorageServiceImpl.persistentStorage.applicationUser";
  const database = new DatabaseSync(file);
  database.exec("create table ItemTable (key text unique on conflict replace, value blob)");
  database.prepare("insert into ItemTable values (?, ?), ('other', 'stays')").run(user, JSON.stringify({ useOpenAIKey: false, composer: { a: 1 } }));
  const rows = () => Object.fromEntries(database.prepare("select key, cast(value as text) as value from ItemTable").all().map(({ key, value }) => [String(key), String(value)]));
  const before = rows();
  expect((await with_("cursor")).status).toBe(0);
  expect(rows()).toMatchObject({ "cursorAuth/openAIKey": "the-key", other: "stays" });
  expect(JSON.parse(rows()[user] ?? "")).toEqual({ useOpenAIKey: true, openAIBaseUrl: `${gateway.url}/v1`, composer: { a: 1 } });
  await connect("cursor", "--undo");
  expect(rows()).toEqual(before);
  database.close();
});

describe("refuses, and changes nothing", () => {
  test.each([
    ["without a key", ["codex", "--gateway", "GATEWAY"], "connect-no-key"],
    ["a key that the gateway does not know", ["codex", "--gateway", "GATEWAY", "--key", "wrong"], "the key is unknown"],
    ["a gateway that is not there", ["codex", "--gateway", "http://127.0.0.1:1", "--key", "k"], "connect-failed"],
    ["an agent that it does not know", ["emacs"], "claude-code, codex, cursor"],
    ["to undo what was not done", ["codex", "--undo"], "connect-no-backup"],
  ])("%s", async (_what, args, said) => {
    const file = written(".codex/config.toml", codexBefore);
    const answer = await connect(...args.map((arg) => arg.replace("GATEWAY", gateway.url)));
    expect(answer).toMatchObject({ status: 1, error: expect.stringContaining(said) as string });
    expect([readFileSync(file, "utf8"), existsSync(`${file}.before-parley`)]).toEqual([codexBefore, false]);
  });

  test("settings that nobody can read", async () => {
    const file = written(".claude/settings.json", "{ not json");
    expect(await with_("claude-code")).toMatchObject({ status: 1, error: expect.stringContaining("connect-unreadable") as string });
    expect(readFileSync(file, "utf8")).toBe("{ not json");
  });
});

test("finds the gateway of this machine, and its models open with the key", async () => {
  await using parley: Parley = await startParley({ yaml: "ai: { access: key, providers: { sandbox: {} } }\nconsumers: { me: { keys: [{ name: default, secret: a-key-of-mine }], access: [ai] } }\n" });
  const { status, error } = await parleyCommand(["connect", "claude-code", "--data", parley.dataDirectory], { HOME: home, PARLEY_KEY: "a-key-of-mine" });
  expect([status, error]).toEqual([0, ""]);
  expect(JSON.parse(readFileSync(join(home, ".claude/settings.json"), "utf8"))).toMatchObject({ env: { ANTHROPIC_BASE_URL: parley.gatewayUrl } });
}, 60_000);
