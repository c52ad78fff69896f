// Hot path: every piece of a call whose arguments Gemini streams.
/**
 * Arguments of a call in pieces (`partialArgs`): each names a place in them, as a JSON path of members and indices, and what
 * stands there; a text may go on in later pieces. The places may come in any order, so that the JSON is known when the call
 * is over. https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling
 */
import { asObjects, asText } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";

type Container = Draft[] | Map<string, Draft>;
type Draft = Container | JsonValue;

/** Deeper places, and longer lists than there are pieces for, are nobody's arguments. */
const mostSteps = 64;
const step = /\.([^.[\]]+)|\[(\d{1,9})\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/gy;

export class PartialArgs {
  readonly #root = new Map<string, Draft>();

  add(call: JsonObject): void {
    for (const [name, value] of Object.entries((call["args"] as JsonObject | null | undefined) ?? {})) this.#root.set(name, value ?? null);
    for (const piece of asObjects(call["partialArgs"])) this.#put(stepsOf(asText(piece["jsonPath"]) ?? ""), valueOf(piece));
  }

  json(): string {
    return JSON.stringify(plain(this.#root));
  }

  #put(steps: readonly (string | number)[], value: JsonValue): void {
    let place: Container = this.#root;
    for (const [position, at] of steps.entries()) {
      const next = steps[position + 1];
      const known = memberOf(place, at);
      if (next === undefined) return setMember(place, at, typeof known === "string" && typeof value === "string" ? known + value : value);
      const inner: Container = isContainer(known) ? known : typeof next === "number" ? [] : new Map<string, Draft>();
      if (inner !== known) setMember(place, at, inner);
      place = inner;
    }
  }
}

function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  step.lastIndex = path.startsWith("$") ? 1 : 0;
  for (let found = step.exec(path); found !== null && steps.length < mostSteps; found = step.exec(path)) {
    const [, member, index, single, double] = found;
    steps.push(index === undefined ? (member ?? (single ?? double ?? "").replaceAll(/\\(.)/g, "$1")) : Number(index));
  }
  return steps;
}

function valueOf(piece: JsonObject): JsonValue {
  return piece["stringValue"] ?? piece["numberValue"] ?? piece["boolValue"] ?? null;
}

function isContainer(value: Draft | undefined): value is Container {
  return value instanceof Map || (Array.isArray(value) && value !== null);
}

function memberOf(place: Container, at: string | number): Draft | undefined {
  return place instanceof Map ? place.get(String(at)) : place[Number(at)];
}

/** A list has no gaps. */
function setMember(place: Container, at: string | number, value: Draft): void {
  if (place instanceof Map) place.set(String(at), value);
  else place[Math.min(Number(at) || 0, place.length)] = value;
}

function plain(value: Draft): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [name, plain(inner)]));
  return Array.isArray(value) ? (value as Draft[]).map(plain) : value;
}
