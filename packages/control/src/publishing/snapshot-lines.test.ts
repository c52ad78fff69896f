import type { ControlMessage } from "@parley/contract/channel";
import { eachPlainKey } from "@parley/contract/plain-keys";
import { emptySnapshot, type Snapshot, type SnapshotChange } from "@parley/contract/snapshot";
import { expect, test } from "vitest";
import { deltaLines, wholeLines } from "./snapshot-lines.ts";
import { SnapshotTexts } from "./snapshot-texts.ts";

const changes = (count: number): SnapshotChange[] =>
  Array.from({ length: count }, (_, index) => ({ kind: "key", name: `sha256:${index.toString(16).padStart(64, "0")}`, value: index % 7 === 3 ? null : { id: `shop~${index}`, name: index % 5 === 4 ? `key "${index}"` : `key-${index}`, consumer: `shop-${index % 1_000}`, ...(index % 11 === 5 ? { expiresAt: index } : {}) } }));

const idOf = (name: string): string => `shop~${name.slice("key-".length)}`;

const messagesOf = (lines: Iterable<string>): ControlMessage[] => Array.from(lines, (line) => JSON.parse(line) as ControlMessage);

function deltaOf(count: number): ControlMessage[] {
  return messagesOf(deltaLines({ base: 4, version: 5, publishedAt: 6, changes: changes(count).map(({ kind, name, value }) => ({ kind, name, text: value && JSON.stringify(value) })) }));
}

function snapshotOf(count: number): Snapshot {
  const snapshot = { ...emptySnapshot(), version: 5, publishedAt: 6 };
  for (const { name, value } of changes(count)) if (value) snapshot.entities.key[name] = value as Snapshot["entities"]["key"][string];
  snapshot.entities.logging[""] = { redact: ["/a"] } as Snapshot["entities"]["logging"][string];
  return snapshot;
}

test("what is short is one message", () => {
  expect(deltaOf(3)).toEqual([{ type: "delta", delta: { base: 4, version: 5, publishedAt: 6, changes: changes(3) } }]);
  expect(messagesOf(wholeLines(SnapshotTexts.of(snapshotOf(3)), { version: 5, publishedAt: 6 }))).toEqual([{ type: "snapshot", snapshot: snapshotOf(3) }]);
});

test("a long delta goes in parts that are read quickly, every change once and in its order", () => {
  const messages = deltaOf(5_000);
  const last = messages.pop() as Extract<ControlMessage, { type: "delta" }>;
  const parts = messages.map((message) => (message.type === "part" && message.of === "delta" ? message.changes : expect.fail(message.type)));
  expect(parts.length).toBeGreaterThan(3);
  expect(Math.max(...parts.map((part) => JSON.stringify(part).length))).toBeLessThan(200_000);
  expect([...parts.flat(), ...last.delta.changes]).toEqual(changes(5_000));
  expect(last.delta).toMatchObject({ base: 4, version: 5, publishedAt: 6 });
});

test("a long snapshot goes in parts, and its own message says which it is", () => {
  const snapshot = snapshotOf(9_000);
  const messages = messagesOf(wholeLines(SnapshotTexts.of(snapshot), { version: 5, publishedAt: 6 }));
  expect(messages.pop()).toEqual({ type: "snapshot", snapshot: { ...emptySnapshot(), version: 5, publishedAt: 6 } });
  const entities = emptySnapshot().entities;
  for (const message of messages) {
    if (message.type === "keys") for (const [consumer, keys] of message.keys) eachPlainKey(keys, (digits, name, end) => void (entities.key[`sha256:${keys.slice(digits, name)}`] = { id: idOf(keys.slice(name, end)), name: keys.slice(name, end), consumer }));
    else if (message.type !== "part" || message.of !== "snapshot") expect.fail(message.type);
    else for (const { kind, name, value } of message.changes) (entities[kind] as Record<string, unknown>)[name] = value;
  }
  expect(messages.filter(({ type }) => type === "keys").length).toBeGreaterThan(1);
  expect(messages.filter(({ type }) => type === "part").length).toBeGreaterThan(1);
  expect(entities).toEqual(snapshot.entities);
});
