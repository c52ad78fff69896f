import { MemoryCounters } from "@parley/stores/embedded/counters";
import { model, provider } from "@parley/contract/config/ai";
import { aiSettings } from "@parley/contract/config/ai";
import { describe, expect, it } from "vitest";
import type { AiPorts } from "../endpoints-contract.ts";
import type { SharedNotes } from "./shared-notes.ts";
import { ModelDirectory } from "./model-directory.ts";
import type { ModelTarget } from "./model-target.ts";
import type { Asked } from "./target-conditions.ts";

const targets = [{ model: "one/m" }, { model: "two/m" }];
let nowMs = 1_000_000;

/** A worker of the gateway, as far as it chooses targets; nothing is explored. */
function worker(notes: SharedNotes | undefined): ModelDirectory {
  const account = (name: string) => [name, provider.parse({ kind: "openai-compatible", baseUrl: `http://${name}.example/v1` })] as const;
  const input = { ai: aiSettings.parse({}), providers: new Map([account("one"), account("two")]), models: new Map([["quick", model.parse({ strategy: "fastest", targets })], ["kept", model.parse({ targets, pin: "conversation" })]]) };
  return new ModelDirectory(input, { now: () => nowMs, random: () => 0.99, warn: () => {}, ...(notes && { notes }) } as unknown as AiPorts);
}

const asked: Asked = { model: "x", consumer: "acme", headers: {}, stream: false, bodyBytes: 1, conversation: () => "c" } as unknown as Asked;
const names = async (directory: ModelDirectory, alias: string): Promise<string[]> => (await directory.resolve(alias, asked)).map(({ account }) => account.name);
const target = async (directory: ModelDirectory, alias: string, name: string): Promise<ModelTarget> => (await directory.resolve(alias, asked)).find(({ account }) => account.name === name) as ModelTarget;

/** As over a socket. */
function later(counters: MemoryCounters): SharedNotes {
  return { note: (key, text, ttlMs) => counters.note(key, text, ttlMs), noted: (keys) => Promise.resolve(counters.noted(keys)) };
}

describe.each([["that answer at once", (counters: MemoryCounters): SharedNotes => counters], ["over a socket", later]])("workers with notes %s", (_what, open) => {
  it("know what another has measured within a second", async () => {
    const notes = open(new MemoryCounters());
    const [first, second] = [worker(notes), worker(notes)];
    (await target(first, "quick", "one")).speed?.measured(900, "whole");
    (await target(first, "quick", "two")).speed?.measured(100, "whole");
    nowMs += 1000;
    await names(second, "quick");
    expect(await names(second, "quick")).toEqual(["two", "one"]);
    nowMs += 500;
    (await target(second, "quick", "two")).speed?.failed();
    nowMs += 1000;
    await names(first, "quick");
    expect(await names(first, "quick")).toEqual(["one", "two"]);
  });

  it("keep a conversation on the target that answered another of them last", async () => {
    const notes = open(new MemoryCounters());
    const [first, second] = [worker(notes), worker(notes)];
    (await target(first, "kept", "two")).answered?.();
    expect(await names(second, "kept")).toEqual(["two", "one"]);
    (await target(second, "kept", "one")).answered?.();
    expect(await names(first, "kept")).toEqual(["one", "two"]);
  });
});

it("a worker alone knows for itself", async () => {
  const [first, second] = [worker(undefined), worker(undefined)];
  (await target(first, "kept", "two")).answered?.();
  expect([await names(first, "kept"), await names(second, "kept")]).toEqual([["two", "one"], ["one", "two"]]);
});
