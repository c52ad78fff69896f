/** Builds plain data from YAML's events: JSON's types, bounded aliases, keys that are texts and occur once. */
import { EVENT_ID, SCALAR_STYLE, getScalarValue, type Event } from "js-yaml";
import type { Finding, Path } from "../diagnostics/finding.ts";
import { plainScalar } from "./plain-scalar.ts";

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;
type AliasEvent = Extract<Event, { type: typeof EVENT_ID.ALIAS }>;

/** Entries that aliases may stand for, all together: nested aliases double with every level ("a billion laughs"). */
const maxAliasedEntries = 100_000;

interface Frame {
  container: unknown[] | Record<string, unknown>;
  /** Null in a sequence, and in a mapping while a key is expected. */
  key: string | null;
  anchor: string | null;
  /** The number of entries so far at which this container began. */
  entriesBefore: number;
}

interface Composition {
  text: string;
  stack: Frame[];
  root: unknown;
  documents: number;
  /** Where the last scalar ends. */
  end: number;
  entries: number;
  aliased: number;
  anchors: Map<string, { value: unknown; entries: number }>;
  findings: Finding[];
}

export function compose(text: string, events: readonly Event[]): { data: unknown; findings: Finding[] } {
  const state: Composition = { text, stack: [], root: null, documents: 0, end: 0, entries: 0, aliased: 0, anchors: new Map(), findings: [] };
  for (const event of events) {
    if (state.documents > 1 || state.aliased > maxAliasedEntries) break;
    take(state, event);
  }
  return { data: state.root, findings: state.findings };
}

function take(state: Composition, event: Event): void {
  switch (event.type) {
    case EVENT_ID.DOCUMENT:
      if (++state.documents > 1) refuse(state, nextDocument(state), "the file holds a second document; one file is one configuration");
      return;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return open(state, event.type === EVENT_ID.SEQUENCE ? [] : {}, event);
    case EVENT_ID.SCALAR:
      return scalar(state, event);
    case EVENT_ID.ALIAS:
      return alias(state, event);
    case EVENT_ID.POP:
      return close(state);
  }
}

/** Documents are told without their places. */
function nextDocument({ text, end }: Composition): number | undefined {
  const mark = text.indexOf("\n---", Math.max(0, end - 1));
  return mark === -1 ? undefined : mark + 1;
}

function open(state: Composition, container: unknown[] | Record<string, unknown>, event: { start: number; anchorStart: number; anchorEnd: number }): void {
  const anchor = event.anchorStart >= 0 ? state.text.slice(event.anchorStart, event.anchorEnd) : null;
  if (expectsKey(state)) refuse(state, event.start, "a key is a text, not a list or a mapping");
  state.stack.push({ container, key: null, anchor, entriesBefore: state.entries });
}

/** A document closes like a container and leaves the stack empty before it. */
function close(state: Composition): void {
  const frame = state.stack.pop();
  if (!frame) return;
  if (frame.anchor !== null) state.anchors.set(frame.anchor, { value: frame.container, entries: state.entries - frame.entriesBefore + 1 });
  if (expectsKey(state)) setKey(state, "?", undefined);
  else put(state, frame.container);
}

function scalar(state: Composition, event: ScalarEvent): void {
  const text = getScalarValue(state.text, event);
  state.end = Math.max(state.end, event.valueEnd);
  if (expectsKey(state)) return setKey(state, text, event.valueStart);
  const tag = event.tagStart >= 0 ? state.text.slice(event.tagStart, event.tagEnd) : null;
  if (tag !== null && tag !== "!!str" && tag !== "!") refuse(state, event.tagStart, `the tag ${tag} has no meaning here`);
  const value = event.style === SCALAR_STYLE.PLAIN && tag === null ? plainScalar(text) : text;
  if (event.anchorStart >= 0) state.anchors.set(state.text.slice(event.anchorStart, event.anchorEnd), { value, entries: 1 });
  put(state, value);
}

function alias(state: Composition, event: AliasEvent): void {
  const name = state.text.slice(event.anchorStart, event.anchorEnd);
  const known = state.anchors.get(name);
  if (!known) refuse(state, event.anchorStart - 1, `the alias *${name} has no anchor &${name} before it`);
  if (expectsKey(state)) return setKey(state, String(known?.value), event.anchorStart);
  state.aliased += known?.entries ?? 0;
  state.entries += known?.entries ?? 0;
  if (state.aliased > maxAliasedEntries) refuse(state, event.anchorStart - 1, `the aliases stand for more than ${maxAliasedEntries} entries`);
  put(state, known?.value ?? null);
}

function expectsKey(state: Composition): boolean {
  const top = state.stack.at(-1);
  return top !== undefined && top.key === null && !Array.isArray(top.container);
}

function setKey(state: Composition, key: string, offset: number | undefined): void {
  const top = state.stack.at(-1) as Frame;
  top.key = key;
  if (key === "__proto__") refuse(state, offset, "__proto__ cannot be a key");
  else if (key === "<<") refuse(state, offset, "merge keys (<<) are not part of YAML 1.2; write the entries out, or use an alias for a whole value");
  else if (Object.hasOwn(top.container, key)) duplicate(state, key, offset);
}

function put(state: Composition, value: unknown): void {
  state.entries++;
  const top = state.stack.at(-1);
  if (!top) state.root = value;
  else if (Array.isArray(top.container)) top.container.push(value);
  else {
    if (top.key !== null && top.key !== "__proto__" && !Object.hasOwn(top.container, top.key)) top.container[top.key] = value;
    top.key = null;
  }
}

function duplicate(state: Composition, key: string, offset: number | undefined): void {
  const path = pathHere(state);
  state.findings.push({
    code: "config-conflict", severity: "error", message: `the key "${key}" is here twice`, path, at: "key", other: path,
    ...(offset === undefined ? {} : { offset }),
  });
}

function refuse(state: Composition, offset: number | undefined, message: string): void {
  state.findings.push({ code: "config-syntax", severity: "error", message, path: pathHere(state), at: "value", ...(offset === undefined ? {} : { offset }) });
}

function pathHere(state: Composition): Path {
  return state.stack.flatMap((frame): (string | number)[] => (Array.isArray(frame.container) ? [frame.container.length] : frame.key === null ? [] : [frame.key]));
}
