/**
 * What the older version does not know is not lost when its client writes the whole: it is taken from the state that is
 * there. Safe where the write is conditional, since the guard compares with the state that was read.
 */
import { isJsonObject, parsePointer, type Json } from "@parley/merge";
import { derivedExchange, noBody, throwawayRecord } from "../../exchange/derived-exchange.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { withoutFields } from "../../exchange/raw-fields.ts";
import { takeAnswer } from "../../exchange/whole-answer.ts";
import type { Handler } from "../../pipeline/policy.ts";

const maxBytes = 1024 * 1024;
const ofTheWrite: ReadonlySet<string> = new Set(["if-match", "if-none-match", "if-unmodified-since", "content-type", "content-length", "expect", "idempotency-key", "prefer", "transfer-encoding"]);

/** The body that it is given, with them. */
export async function withKept(body: Json, { exchange, next, pointers }: { exchange: Exchange; next: Handler; pointers: readonly string[] }): Promise<Json> {
  const rawHeaders = withoutFields(exchange.rawHeaders, ofTheWrite);
  const headers = Object.fromEntries(Object.entries(exchange.headers).filter(([name]) => !ofTheWrite.has(name)));
  const read = derivedExchange(exchange, { method: "GET", rawHeaders, headers, body: noBody, record: throwawayRecord(exchange) });
  const taken = await takeAnswer(next, read, { maxBytes });
  if (taken.kind !== "whole" || taken.answer.status !== 200) return body;
  const current = parsed(taken.answer.body);
  for (const pointer of pointers) keep(body, current, parsePointer(pointer) ?? []);
  return body;
}

/** Only what is there and was not sent. */
function keep(body: Json, current: Json, [token, ...rest]: readonly string[]): void {
  if (token === undefined || !isJsonObject(body) || !isJsonObject(current) || !Object.hasOwn(current, token)) return;
  if (Object.hasOwn(body, token)) return keep(body[token] as Json, current[token] as Json, rest);
  const value = rest.reduce<Json | undefined>((here, name) => (isJsonObject(here) && Object.hasOwn(here, name) ? here[name] : undefined), current[token]);
  if (value === undefined) return;
  const nested = rest.reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
  Object.defineProperty(body, token, { value: nested, writable: true, enumerable: true, configurable: true });
}

function parsed(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString("utf8")) as Json;
  } catch {
    return null;
  }
}
