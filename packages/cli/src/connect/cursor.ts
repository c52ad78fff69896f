/**
 * Cursor: its settings for models are in a SQLite database, where the OpenAI key has a row of its own and the address is a member
 * of a JSON row. Only these are touched. Text, for the rest of us, is the JSON of the two.
 */
import { existsSync } from "node:fs";
import { homedir, platform } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UnreadableSettingsError, type Slots, type Tool } from "./tool.ts";

const keyRow = "cursorAuth/openAIKey";
const userRow = "src.vs.platform.reactivestorage.browser.reactiveStorageServiceImpl.persistentStorage.applicationUser";

interface Rows {
  key: string | null;
  user: Record<string, unknown>;
}

export const cursor: Tool = {
  name: "cursor",
  title: "Cursor",
  place: (environment) => join(settingsFolder(environment), "Cursor", "User", "globalStorage", "state.vscdb"),
  load: (path) => {
    if (!existsSync(path)) throw new UnreadableSettingsError("they are not there yet; start Cursor once and quit it");
    return withDatabase(path, (database) => JSON.stringify({ key: rowOf(database, keyRow), user: JSON.parse(rowOf(database, userRow) ?? "{}") as Record<string, unknown> } satisfies Rows));
  },
  store: (path, text) => {
    const { key, user } = JSON.parse(text) as Rows;
    withDatabase(path, (database) => {
      database.exec("begin immediate");
      if (key === null) database.prepare("delete from ItemTable where key = ?").run(keyRow);
      else database.prepare("insert or replace into ItemTable (key, value) values (?, ?)").run(keyRow, key);
      database.prepare("insert or replace into ItemTable (key, value) values (?, ?)").run(userRow, JSON.stringify(user));
      database.exec("commit");
    });
  },
  slotsOf: (text): Slots => {
    const { key, user } = rowsOf(text);
    return { key, openAIBaseUrl: jsonOrNull(user["openAIBaseUrl"]), useOpenAIKey: jsonOrNull(user["useOpenAIKey"]) };
  },
  withSlots: (text, { key = null, ...members }) => {
    const { user } = rowsOf(text);
    for (const [name, value] of Object.entries(members)) {
      if (value === null) delete user[name];
      else user[name] = JSON.parse(value) as unknown;
    }
    return JSON.stringify({ key, user } satisfies Rows);
  },
  leadingTo: ({ url, key }) => ({ key, openAIBaseUrl: JSON.stringify(`${url}/v1`), useOpenAIKey: "true" }),
  leadsTo: ({ key, openAIBaseUrl, useOpenAIKey }) => (key && openAIBaseUrl && useOpenAIKey === "true" ? { url: (JSON.parse(openAIBaseUrl) as string).replace(/\/v1$/, ""), key } : null),
  canonical: (text) => text,
  afterwards: "Quit Cursor before, and start it afterwards. Its servers make the calls, so the gateway has to be reachable from the internet over HTTPS; add the names of your models under Settings, Models.",
};

function settingsFolder(environment: NodeJS.ProcessEnv): string {
  const home = environment["HOME"] || homedir();
  if (platform() === "darwin") return join(home, "Library", "Application Support");
  if (platform() === "win32") return environment["APPDATA"] || join(home, "AppData", "Roaming");
  return environment["XDG_CONFIG_HOME"] || join(home, ".config");
}

function withDatabase<Result>(path: string, work: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(path, { timeout: 2_000 });
  try {
    return work(database);
  } catch (error) {
    throw new UnreadableSettingsError((error as Error).message);
  } finally {
    database.close();
  }
}

function rowOf(database: DatabaseSync, key: string): string | null {
  const value = database.prepare("select cast(value as text) as value from ItemTable where key = ?").get(key)?.["value"];
  return typeof value === "string" ? value : null;
}

function rowsOf(text: string | null): Rows {
  return text === null ? { key: null, user: {} } : (JSON.parse(text) as Rows);
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
