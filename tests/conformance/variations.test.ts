/**
 * A recorded stream says the same when it is written as other servers, or a later version of the same one, may write it: with
 * members and events that nobody knows, with null for what is absent, with comments between events, with CRLF.
 */
import { describe, expect, it } from "vitest";
import { writeAwsMessage } from "../../packages/gateway/src/ai/framing/aws-event-stream-reader.ts";
import { frameReader } from "../../packages/gateway/src/ai/framing/readers.ts";
import type { PassThrough } from "../../packages/gateway/src/ai/conversation/pass-through.ts";
import type { Frame, Framing } from "../../packages/gateway/src/ai/conversation/dialect.ts";
import { decodeStream, providerDialects } from "./decoding.ts";
import { loadExchanges, recordingsFolder, recordingsNotice, responseBytes } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Change = (value: Json, path: string) => Json;

const streams = loadExchanges(process.env, Object.keys(providerDialects)).filter(({ stream, response }) => stream && (response.text ?? response.base64) !== undefined && response.status === 200);
/** By the recordings' name of the endpoint. */
const wholeDialects: typeof providerDialects = {
  ...providerDialects, "gemini.generateContent": providerDialects["gemini.streamGenerateContent"]!, "vertex.generateContent": providerDialects["vertex.streamGenerateContent"]!, "bedrock.converse": providerDialects["bedrock.converseStream"]!,
};
const wholes = loadExchanges(process.env, Object.keys(wholeDialects)).filter(({ stream, response }) => !stream && isObject(response.body as Json) && response.status === 200);
/** What is in these is the caller's or a tool's own. */
const opaque = new Set(["args", "arguments", "input", "parameters", "action", "metadata", "partial_json", "instructions", "tools", "text_format"]);
const unknown = "a_new_member";

describe(`streams of recorded exchanges, written otherwise${recordingsFolder(process.env) === null ? ` (${recordingsNotice(process.env)})` : ""}`, () => {
  it.each(Object.keys(providerDialects))("of %s say the same with members and events that nobody knows, and with comments", (endpoint) => {
    for (const exchange of of(endpoint)) expectSame(exchange, (value) => (isObject(value) ? { ...value, [unknown]: { kept: [null, 1.5] }, [`${unknown}s`]: null } : value), true);
  });

  it.each(Object.keys(providerDialects))("of %s say the same where what is absent is null", (endpoint) => {
    const members = membersOf(endpoint);
    for (const exchange of of(endpoint)) expectSame(exchange, (value, path) => (isObject(value) ? { ...Object.fromEntries([...(members.get(path) ?? [])].map((name) => [name, null])), ...value } : value), false);
  });
});

/** The same events in other bytes: all of it is what the standard of event streams and JSON allow. */
const writings: Readonly<Record<string, (text: string) => string>> = {
  "with CR alone": (text) => text.replace(/\r\n|\n/g, "\r"),
  "with CRLF": (text) => text.replace(/\r\n|\n/g, "\r\n"),
  "with a byte order mark": (text) => `\ufeff${text}`,
  "without a space behind the colon": (text) => text.replace(/^(data|event): /gm, "$1:"),
  "with comments between events": (text) => text.replace(/\n\n/g, "\n\n: ping\n\n:\n\n"),
  "with several blank lines": (text) => text.replace(/\n\n/g, "\n\n\n\n"),
  "with ids behind the data": (text) => text.replace(/^(data: .*)$/gm, "$1\nid: 5\nretry: 10"),
  "with whole numbers as fractions": (text) => text.replace(/"(\w*tokens|\w*TokenCount|index|created)":\s*(\d+)(?=[,}])/g, '"$1":$2.0'),
  "without the last blank line": (text) => text.trimEnd(),
};

describe("streams of events", () => {
  it.each(Object.keys(writings))("say the same %s, whole and in small pieces", (writing) => {
    for (const exchange of streams) {
      const { framing, passThrough } = providerDialects[exchange.endpoint]!;
      if (framing !== "sse") continue;
      const bytes = responseBytes(exchange.response);
      const other = Buffer.from(writings[writing]!(bytes.toString("utf8").replaceAll("\r\n", "\n")));
      const size = Math.max(1, Math.floor(other.length / 100));
      const pieces = Array.from({ length: Math.ceil(other.length / size) }, (_, index) => other.subarray(index * size, (index + 1) * size));
      const expected = [decodeStream(exchange.endpoint, [bytes]), passThrough && passed(passThrough, [bytes])];
      for (const chunks of [[other], pieces]) expect([decodeStream(exchange.endpoint, chunks), passThrough && passed(passThrough, chunks)], exchange.id).toEqual(expected);
    }
  });
});

describe("whole answers of recorded exchanges, written otherwise", () => {
  it.each(Object.keys(wholeDialects))("of %s say the same with members that nobody knows, and where what is absent is null", (endpoint) => {
    const own = wholes.filter((exchange) => exchange.endpoint === endpoint);
    const members = new Map<string, Set<string>>();
    for (const { response } of own) note(response.body as Json, members);
    for (const exchange of own) {
      const body = exchange.response.body as Json;
      const varied = walk(body, (value, path) => ({ ...Object.fromEntries([...(members.get(path) ?? [])].map((name) => [name, null])), ...(value as object), [unknown]: { kept: [null, 1.5] } }), "");
      expect(readWhole(endpoint, varied), exchange.id).toEqual(readWhole(endpoint, body));
    }
  });
});

function readWhole(endpoint: string, body: Json): unknown {
  const dialect = wholeDialects[endpoint]!;
  let made = 0;
  const answer = dialect.parseAnswer(body, { makeId: (prefix) => `${prefix}${++made}` });
  const passed = dialect.passThrough?.readAnswer(Buffer.from(JSON.stringify(body)), null);
  // What was not understood is told as it came.
  return plain({ answer: "kind" in answer ? answer.kind : answer, passed: passed && ("kind" in passed ? passed.kind : { usage: passed.usage, finish: passed.finish }) });
}

function of(endpoint: string): RecordedExchange[] {
  return streams.filter((exchange) => exchange.endpoint === endpoint);
}

function expectSame(exchange: RecordedExchange, change: Change, withNoise: boolean): void {
  const { framing, passThrough } = providerDialects[exchange.endpoint]!;
  const bytes = responseBytes(exchange.response);
  const frames = framesOf(exchange);
  const varied = Buffer.concat(frames.flatMap((frame) => [...(withNoise ? noise(framing) : []), write({ event: frame.event, data: changed(frame.data, change) }, framing)]));
  expect(plain(decodeStream(exchange.endpoint, [varied])), exchange.id).toEqual(plain(decodeStream(exchange.endpoint, [bytes])));
  if (passThrough) expect(passed(passThrough, [varied]), exchange.id).toEqual(passed(passThrough, [bytes]));
}

/** What a stream tells of itself on its way through. */
function passed(passThrough: PassThrough, chunks: readonly Buffer[]): unknown {
  const stream = passThrough.stream({ rename: "other", includeUsage: true });
  for (const chunk of chunks) stream.push(chunk);
  stream.finish();
  return { usage: stream.usage, reason: stream.finishReason, ended: stream.ended, error: stream.error?.message };
}

function framesOf(exchange: RecordedExchange): Frame[] {
  const reader = frameReader(providerDialects[exchange.endpoint]!.framing);
  return [...reader.push(responseBytes(exchange.response)), ...reader.finish()];
}

function changed(data: string, change: Change): string {
  const parsed = parse(data);
  return parsed === undefined ? data : JSON.stringify(walk(parsed, change, ""));
}

function walk(value: Json, change: Change, path: string): Json {
  if (Array.isArray(value)) return value.map((item) => walk(item, change, `${path}[]`));
  if (!isObject(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, opaque.has(name) ? member : walk(member, change, `${path}.${name}`)])), path);
}

/** The names of all members that objects at a place have in any stream of an endpoint. */
function membersOf(endpoint: string): Map<string, Set<string>> {
  const members = new Map<string, Set<string>>();
  for (const exchange of of(endpoint)) {
    for (const { data } of framesOf(exchange)) {
      const parsed = parse(data);
      if (parsed !== undefined) note(parsed, members);
    }
  }
  return members;
}

function note(body: Json, members: Map<string, Set<string>>): void {
  walk(body, (value, path) => {
    const known = members.get(path) ?? new Set();
    for (const name of Object.keys(value as object)) known.add(name);
    members.set(path, known);
    return value;
  }, "");
}

function noise(framing: Framing): Buffer[] {
  switch (framing) {
    case "sse":
      return [Buffer.from(": keep-alive\r\n\r\n"), write({ event: "a_new_event", data: '{"type":"a_new_event","a_new_index":0}' }, framing)];
    case "ndjson":
      return [Buffer.from("\r\n")];
    case "aws-event-stream":
      return [write({ event: "aNewEvent", data: '{"n":1}' }, framing)];
  }
}

function write({ event, data }: Frame, framing: Framing): Buffer {
  if (framing === "ndjson") return Buffer.from(`${data}\r\n`);
  if (framing === "sse") return Buffer.from(`${event === "" ? "" : `event: ${event}\r\n`}data: ${data}\r\n\r\n`);
  return writeAwsMessage({ ":event-type": event, ":content-type": "application/json", ":message-type": "event" }, Buffer.from(data));
}

/** Without what was put in: an event may hold what a provider said as it came. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, member: unknown) => (name.startsWith(unknown) || member === null ? undefined : member))) as unknown;
}

function parse(data: string): Json | undefined {
  try {
    return JSON.parse(data) as Json;
  } catch {
    return undefined;
  }
}

function isObject(value: Json): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
