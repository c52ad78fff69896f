/** An upstream's own 409 or 412: what it says of itself, and whether it is one of the service's transient ones. */
import type { Conflict } from "@parley/contract/config/conflict";
import { isJsonObject, type Json } from "@parley/merge";
import type { UpstreamAnswer } from "../diagnosis/index.ts";
import { isJson, parseJson } from "./json-body.ts";
import { fieldValue } from "../../../exchange/raw-fields.ts";
import { retryAfterMs } from "../../../exchange/retry-after.ts";
import { refusalBody, type RefusalAnswer, textOf } from "./refusal-text.ts";
import { fitsAny, type StaleAnswers } from "./stale-answers.ts";

export interface RefusalPatterns {
  busy: Conflict["busy"];
  isStale: StaleAnswers["matches"];
  nowMs: number;
}

const maxCodeLength = 200;

export function upstreamRefusal(answer: RefusalAnswer, { busy, isStale, nowMs }: RefusalPatterns): UpstreamAnswer {
  return { status: answer.status, code: codeOf(answer.rawHeaders, refusalBody(answer)), busy: fitsAny(busy, answer), stale: isStale(answer), askedRetryMs: retryAfterMs(answer.rawHeaders, nowMs) ?? null };
}

/** The field that most APIs put it in comes first. */
const members = ["code", "reason", "error", "title", "message", "detail", "type"];

function codeOf(rawHeaders: readonly string[], body: Buffer): string | null {
  if (isJson(fieldValue(rawHeaders, "content-type") ?? "")) {
    const document = parseJson(body);
    const found = document === undefined ? null : saidIn(document, 0);
    if (found !== null) return oneLine(found);
  }
  const line = textOf(body).trim().split("\n", 1)[0] ?? "";
  return line === "" || line.startsWith("<") || line.startsWith("{") ? null : oneLine(line);
}

function saidIn(document: Json, depth: number): string | null {
  if (typeof document === "string") return document === "" ? null : document;
  if (!isJsonObject(document) || depth > 2) return null;
  for (const name of members) {
    const value = Object.hasOwn(document, name) ? document[name] : undefined;
    const said = value === undefined ? null : saidIn(value, depth + 1);
    if (said !== null) return said;
  }
  return null;
}

function oneLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]+/g, " ").trim().slice(0, maxCodeLength);
}
