/** What came of the copies of one mirror, by place: bounded whatever the answers hold, and without what is to be hidden. */
import type { MirrorPlace, MirrorState } from "@parley/contract/api/mirror";
import { appendToken, type Json, parsePointer, resolvePointer } from "@parley/merge";
import { redactBody } from "../../telemetry/bodies/redact-body.ts";
import type { AnswerDifference } from "./compare-answers.ts";

export interface TallyPorts {
  /** Unix milliseconds. */
  now(): number;
  /** JSON pointers of what is never shown. */
  hidden(): readonly string[];
}

export interface CopiedCall {
  id: string;
  method: string;
  path: string;
}

export type MirrorCount = "equal" | "different" | "failed" | "dropped" | "skipped" | "bodiesTooLong";

const mostPlaces = 200;
const mostFailures = 50;
const newestTimes = 500;
const longestValue = 200;
/** So old may an example be before a newer one takes its place. */
const exampleAgeMs = 60_000;
const hidden = "redacted";

export class MirrorTally {
  readonly counts: Record<MirrorCount, number> = { equal: 0, different: 0, failed: 0, dropped: 0, skipped: 0, bodiesTooLong: 0 };
  readonly #ports: TallyPorts;
  readonly #since: number;
  readonly #failures = new Map<string, number>();
  readonly #places = new Map<string, MirrorPlace>();
  readonly #times: { service: number[]; mirror: number[] } = { service: [], mirror: [] };
  #timed = 0;
  #elsewhere = 0;

  constructor(ports: TallyPorts) {
    this.#ports = ports;
    this.#since = ports.now();
  }

  count(what: MirrorCount): void {
    this.counts[what]++;
  }

  failed(code: string): void {
    this.counts.failed++;
    const reason = this.#failures.has(code) || this.#failures.size < mostFailures ? code : "other";
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
  }

  compared(call: CopiedCall, differences: readonly AnswerDifference[]): void {
    this.counts[differences.length === 0 ? "equal" : "different"]++;
    for (const difference of differences) this.#differs(call, difference);
  }

  took(serviceMs: number, mirrorMs: number): void {
    const at = this.#timed++ % newestTimes;
    this.#times.service[at] = serviceMs;
    this.#times.mirror[at] = mirrorMs;
  }

  state(service: string): MirrorState {
    return { service, since: this.#since, ...this.counts, failures: Object.fromEntries(this.#failures), places: [...this.#places.values()], elsewhere: this.#elsewhere, times: this.#times };
  }

  #differs(call: CopiedCall, difference: AnswerDifference): void {
    const key = `${difference.in} ${difference.at}`;
    const known = this.#places.get(key);
    if (known === undefined && this.#places.size >= mostPlaces) {
      this.#elsewhere++;
      return;
    }
    const now = this.#ports.now();
    if (known !== undefined && now - known.example.at < exampleAgeMs) {
      known.calls++;
      return;
    }
    const example = { call: call.id, at: now, method: call.method, path: call.path, service: this.#shown(difference, difference.service), mirror: this.#shown(difference, difference.mirror) };
    this.#places.set(key, { in: difference.in, at: difference.at, calls: (known?.calls ?? 0) + 1, example });
  }

  #shown(difference: AnswerDifference, value: Json | undefined): string | null {
    if (value === undefined) return null;
    if (difference.in === "status") return JSON.stringify(value);
    if (difference.in === "header") return shortened(textOf(redactedAt([difference.at], value, [])));
    const segments = parsePointer(difference.exact) ?? [];
    // What is no JSON has no places, so nobody knows where in it the secrets are.
    const pointers = this.#ports.hidden();
    if (segments.length === 0 && typeof value === "string" && pointers.length > 0) return hidden;
    return shortened(JSON.stringify(redactedAt(segments, value, pointers)));
  }
}

/** As it would stand in its document, so that names and pointers above it count. */
function redactedAt(segments: readonly string[], value: Json, pointers: readonly string[]): Json {
  if (pointers.includes("")) return hidden;
  const document = segments.reduceRight<Json>((inner, segment) => ({ [segment]: inner }), value);
  const text = redactBody(JSON.stringify({ document }), { contentType: "application/json", isCut: false, pointers: pointers.map((pointer) => `/document${pointer}`), secrets: [] });
  if (text === null) return hidden;
  let found: Json | undefined = (JSON.parse(text) as { document: Json }).document;
  for (const segment of segments) {
    // Something above it was hidden as a whole.
    if (typeof found !== "object" || found === null) return hidden;
    found = resolvePointer(found, appendToken("", segment));
  }
  return found ?? hidden;
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function shortened(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}
