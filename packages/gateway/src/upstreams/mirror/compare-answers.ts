/** What of two answers to the same request differs: the status, the named header fields, and the body, as JSON place by place. */
import { type Difference, diff, defaultLimits, escapeToken, exceedsLimits, type Json, parsePointer, resolvePointer } from "@parley/merge";
import { fieldValue } from "../../exchange/raw-fields.ts";
import type { Answer } from "../../exchange/whole-answer.ts";
import { bodyText } from "../../telemetry/bodies/body-text.ts";

export interface ComparisonRules {
  /** Segments of each place that may differ; `*` is any. */
  ignored: readonly (readonly string[])[];
  /** In lower case. */
  headers: readonly string[];
  maxBytes: number;
}

/** `exact` is the pointer with its indexes; undefined values are not there. */
export interface AnswerDifference {
  in: "status" | "header" | "body";
  at: string;
  exact: string;
  service: Json | undefined;
  mirror: Json | undefined;
}

export interface ComparedAnswer extends Pick<Answer, "status" | "rawHeaders"> {
  /** Null where it was too long. */
  body: Buffer | null;
}

export interface Comparison {
  differences: AnswerDifference[];
  bodyCompared: boolean;
  /** What the comparison took on the event loop. */
  tookMs: number;
}

/** Of one pair of answers; what is beyond shows up in the next ones. */
const mostPlaces = 50;

export async function compareAnswers(service: ComparedAnswer, mirror: ComparedAnswer, rules: ComparisonRules): Promise<Comparison> {
  const differences = ofHeads(service, mirror, rules);
  if (service.body === null || mirror.body === null) return { differences, bodyCompared: false, tookMs: 0 };
  const [ours, theirs] = await Promise.all([textOf(service, service.body, rules), textOf(mirror, mirror.body, rules)]);
  const since = performance.now();
  differences.push(...ofBodies({ bytes: service.body, text: ours }, { bytes: mirror.body, text: theirs }, rules));
  return { differences, bodyCompared: true, tookMs: performance.now() - since };
}

function ofHeads(service: ComparedAnswer, mirror: ComparedAnswer, { headers }: ComparisonRules): AnswerDifference[] {
  const found: AnswerDifference[] = service.status === mirror.status ? [] : [{ in: "status", at: "", exact: "", service: service.status, mirror: mirror.status }];
  for (const name of headers) {
    const [ours, theirs] = [fieldValue(service.rawHeaders, name), fieldValue(mirror.rawHeaders, name)];
    if (ours !== theirs) found.push({ in: "header", at: name, exact: name, service: ours, mirror: theirs });
  }
  return found;
}

/** Null where it is no text. The caller's coding is not the copy's, so both are undone. */
async function textOf({ rawHeaders }: ComparedAnswer, body: Buffer, { maxBytes }: ComparisonRules): Promise<string | null> {
  const contentType = fieldValue(rawHeaders, "content-type") ?? "";
  const decoded = await bodyText(body, { contentType, contentEncoding: fieldValue(rawHeaders, "content-encoding") ?? "", isCut: false, mostBytes: 4 * maxBytes });
  return decoded === null || decoded.isCut ? null : decoded.text;
}

interface Body {
  bytes: Buffer;
  text: string | null;
}

function ofBodies(service: Body, mirror: Body, { ignored }: ComparisonRules): AnswerDifference[] {
  if (service.text === null || mirror.text === null) return service.bytes.equals(mirror.bytes) ? [] : [whole(undefined, undefined)];
  if (service.text === mirror.text) return [];
  const [ours, theirs] = [jsonOf(service.text), jsonOf(mirror.text)];
  if (ours === undefined || theirs === undefined) return [whole(service.text, mirror.text)];
  return placesOf(diff(ours, theirs), { ours, theirs }, ignored);
}

function whole(service: Json | undefined, mirror: Json | undefined): AnswerDifference {
  return { in: "body", at: "", exact: "", service, mirror };
}

/** Undefined where it is none, or one that is too large to be walked in a call's time. */
function jsonOf(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return exceedsLimits(value, defaultLimits) === null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** One for each place, however many items of an array differ in it. */
function placesOf(changes: readonly Difference[], { ours, theirs }: { ours: Json; theirs: Json }, ignored: ComparisonRules["ignored"]): AnswerDifference[] {
  const places = new Map<string, AnswerDifference>();
  for (const { path } of changes) {
    const segments = parsePointer(path) ?? [];
    if (ignored.some((place) => covers(place, segments))) continue;
    const at = generalised(segments, ours, theirs);
    if (places.has(at)) continue;
    places.set(at, { in: "body", at, exact: path, service: resolvePointer(ours, path), mirror: resolvePointer(theirs, path) });
    if (places.size === mostPlaces) break;
  }
  return [...places.values()];
}

function covers(place: readonly string[], segments: readonly string[]): boolean {
  return place.length <= segments.length && place.every((segment, index) => segment === "*" || segment === segments[index]);
}

/** Items of an array are one place. */
function generalised(segments: readonly string[], ours: Json, theirs: Json): string {
  let pointer = "";
  let [one, other]: [Json | undefined, Json | undefined] = [ours, theirs];
  for (const segment of segments) {
    const token = escapeToken(segment);
    pointer += `/${Array.isArray(one) || Array.isArray(other) ? "*" : token}`;
    [one, other] = [resolvePointer(one, `/${token}`), resolvePointer(other, `/${token}`)];
  }
  return pointer;
}
