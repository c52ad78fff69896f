/**
 * Finds recorded exchanges: real traffic of real providers in the folder that PARLEY_RECORDINGS names (never part of this
 * repository), and the small hand-written ones in `fixtures/`, which have the same form.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface RecordedRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: unknown;
}

export interface RecordedResponse {
  status: number;
  headers: Record<string, string>;
  /** JSON; streams and pages are `text`, as they came over the wire. */
  body?: unknown;
  text?: string;
  base64?: string;
}

export interface RecordedExchange {
  id: string;
  /** Such as `gemini.generateContent`. */
  endpoint: string;
  model: string | null;
  stream: boolean;
  tags: string[];
  quality: { fidelity: string };
  /** Null where only the answer is known. */
  request: RecordedRequest | null;
  response: RecordedResponse;
}

const fixturesFolder = join(import.meta.dirname, "fixtures");

/** Null, with the reason printed by `recordingsNotice`, where there are no recordings. */
export function recordingsFolder(environment: NodeJS.ProcessEnv): string | null {
  const folder = environment["PARLEY_RECORDINGS"];
  return folder && existsSync(join(folder, "INDEX.tsv")) ? folder : null;
}

/** What stands in the name of a skipped test. */
export function recordingsNotice(environment: NodeJS.ProcessEnv): string {
  const folder = environment["PARLEY_RECORDINGS"];
  if (!folder) return "PARLEY_RECORDINGS is not set, so only the hand-written fixtures are checked";
  return `PARLEY_RECORDINGS names ${folder}, which has no INDEX.tsv, so only the hand-written fixtures are checked`;
}

/** The exchanges of these endpoints: the recorded ones where there are any, then the hand-written ones. */
export function loadExchanges(environment: NodeJS.ProcessEnv, endpoints: readonly string[]): RecordedExchange[] {
  return [...recorded(recordingsFolder(environment), endpoints), ...handWritten(endpoints)];
}

function recorded(folder: string | null, endpoints: readonly string[]): RecordedExchange[] {
  if (folder === null) return [];
  const lines = readFileSync(join(folder, "INDEX.tsv"), "utf8").trim().split("\n").slice(1);
  return lines
    .map((line) => line.split("\t"))
    .filter((columns) => endpoints.includes(columns[1] ?? ""))
    .map((columns) => readExchange(join(folder, columns[0] ?? "")));
}

function handWritten(endpoints: readonly string[]): RecordedExchange[] {
  return readdirSync(fixturesFolder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => readExchange(join(fixturesFolder, name)))
    .filter((exchange) => endpoints.includes(exchange.endpoint));
}

function readExchange(path: string): RecordedExchange {
  return JSON.parse(readFileSync(path, "utf8")) as RecordedExchange;
}

/** The bytes of a recorded answer's body. */
export function responseBytes(response: RecordedResponse): Buffer {
  if (response.base64 !== undefined) return Buffer.from(response.base64, "base64");
  if (response.text !== undefined) return Buffer.from(response.text);
  return Buffer.from(JSON.stringify(response.body ?? null));
}
