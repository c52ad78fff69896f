/**
 * What gateways are sent, as lines of the channel. A long message goes in parts, each of which is parsed in a millisecond or
 * two: calls do not wait for 10,000 routes.
 */
import type { ControlMessage } from "@parley/contract/channel";
import { plainKeyOf, type PlainKeys } from "@parley/contract/plain-keys";
import { emptySnapshot } from "@parley/contract/snapshot";
import type { SnapshotTexts, TextChange } from "./snapshot-texts.ts";

const maxPartLength = 128 * 1024;

interface Publication {
  version: number;
  publishedAt: number;
}

export function deltaLines({ base, version, publishedAt, changes }: Publication & { base: number; changes: Iterable<TextChange> }): string[] {
  const groups = [...inGroups(changes)];
  const last = groups.pop() ?? "";
  const delta = `{"type":"delta","delta":{"base":${base},"version":${version},"publishedAt":${publishedAt},"changes":[${last}]}}`;
  return [...groups.map((group) => part("delta", group)), delta];
}

/** Of the texts of now, also where a line is made later: a gateway reads the first while the next is made. */
export function wholeLines(texts: SnapshotTexts, publication: Publication): Iterable<string> {
  return isShort(texts) ? [`{"type":"snapshot","snapshot":${texts.whole(publication.version, publication.publishedAt)}}`] : inParts(texts, "forGateways", publication);
}

/** For the disk: the snapshot as one JSON text, or the lines of a long one, which gives back every text as it was. */
export function savedLines(texts: SnapshotTexts, publication: Publication): Iterable<string> {
  return isShort(texts) ? [texts.whole(publication.version, publication.publishedAt)] : inParts(texts, "saved", publication);
}

function isShort(texts: SnapshotTexts): boolean {
  return lengthOf(texts.all(), maxPartLength) <= maxPartLength;
}

function inParts(texts: SnapshotTexts, form: keyof SnapshotTexts["keyLines"], { version, publishedAt }: Publication): Iterable<string> {
  const others = [...texts.all("key")];
  const keys = texts.keyLines[form] ?? madeKeyLines(texts.copyOf("key"), form, texts.keyLines);
  return (function* () {
    for (const group of inGroups(others)) yield part("snapshot", group);
    yield* keys;
    yield JSON.stringify({ type: "snapshot", snapshot: { version, publishedAt, entities: emptySnapshot().entities } });
  })();
}

/** Keeps them in `known` once all of them were made. */
function* madeKeyLines(keys: ReadonlyMap<string, string>, form: keyof SnapshotTexts["keyLines"], known: SnapshotTexts["keyLines"]): Generator<string> {
  const made = { lines: [] as string[], allHaveTheirIds: true };
  for (const line of keyLines(keys, form, made)) {
    made.lines.push(line);
    yield line;
  }
  known[form] = made.lines;
  if (made.allHaveTheirIds) known.saved = made.lines;
}

/** Gateways have no use for ids; from the disk the control plane reads what it compares with. */
function* keyLines(keys: ReadonlyMap<string, string>, form: keyof SnapshotTexts["keyLines"], seen: { allHaveTheirIds: boolean }): Generator<string> {
  const more: TextChange[] = [];
  let group = new KeyGroup();
  for (const [hash, text] of keys) {
    const plain = plainKeyOf(hash, text);
    if (plain?.hasItsId === false) seen.allHaveTheirIds = false;
    if (plain === null || (form === "saved" && !plain.hasItsId)) more.push({ kind: "key", name: hash, text });
    else group.add(plain);
    if (group.length < maxPartLength) continue;
    yield group.line();
    group = new KeyGroup();
  }
  if (group.length > 0) yield group.line();
  for (const line of inGroups(more)) yield part("snapshot", line);
}

class KeyGroup {
  readonly #keys: PlainKeys[] = [];
  length = 0;

  /** A consumer's keys follow each other. */
  add({ consumer, key }: { consumer: string; key: string }): void {
    const last = this.#keys.at(-1);
    if (last?.[0] === consumer) last[1] += ` ${key}`;
    else this.#keys.push([consumer, key]);
    this.length += key.length;
  }

  line(): string {
    return JSON.stringify({ type: "keys", keys: this.#keys } satisfies ControlMessage);
  }
}

/** About so many characters they are on their way; past `enough`, any number above it. */
export function lengthOf(changes: Iterable<TextChange>, enough = Infinity): number {
  let length = 0;
  for (const { kind, name, text } of changes) {
    length += kind.length + name.length + (text?.length ?? 0) + 32;
    if (length > enough) return length;
  }
  return length;
}

function part(of: "snapshot" | "delta", group: string): string {
  return `{"type":"part","of":"${of}","changes":[${group}]}`;
}

function* inGroups(changes: Iterable<TextChange>): Generator<string> {
  let group: string[] = [];
  let length = 0;
  for (const { kind, name, text } of changes) {
    const change = `{"kind":"${kind}","name":${JSON.stringify(name)},"value":${text ?? "null"}}`;
    if (length + change.length > maxPartLength && length > 0) {
      yield group.join(",");
      group = [];
      length = 0;
    }
    group.push(change);
    length += change.length;
  }
  if (group.length > 0) yield group.join(",");
}
