import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLedger, startLedger } from "@parley/stores/embedded/ledger";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Ledger } from "@parley/stores/ports/ledger";
import { KnownBypasses } from "./known-bypasses.ts";

let directory: string;
let nowMs = 0;
const stops: (() => Promise<void>)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "parley-bypasses-"));
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(directory, { recursive: true });
});

async function serve(): Promise<() => Promise<void>> {
  const served = await startLedger({ databasePath: join(directory, "ledger.db"), socketPath: join(directory, "ledger.sock"), died: (error) => expect.fail(error.message) });
  const close = async (): Promise<void> => served.close();
  stops.push(close);
  return async () => {
    stops.splice(stops.indexOf(close), 1);
    await close();
  };
}

function worker(): { ledger: Ledger; bypasses: KnownBypasses } {
  const ledger = connectLedger({ socketPath: join(directory, "ledger.sock"), deadlineMs: 5_000 });
  stops.push(() => ledger.close());
  return { ledger, bypasses: new KnownBypasses({ ledger, monotonicMs: () => nowMs }) };
}

it("what one worker found all of them know, and a worker that starts later, until an operator says otherwise", async () => {
  await serve();
  const [one, other] = [worker(), worker()];
  one.bypasses.found("notes", "/notes/7");
  expect([one.bypasses.has("notes"), one.bypasses.has("people"), other.bypasses.has("notes")]).toEqual([true, false, false]);
  await one.bypasses.refresh();
  await other.bypasses.refresh();
  const later = worker();
  await later.bypasses.refresh();
  expect([one, other, later].map(({ bypasses }) => bypasses.has("notes"))).toEqual([true, true, true]);
  await one.ledger.forgetBypass({ service: "notes" });
  for (const { bypasses } of [one, other, later]) await bypasses.refresh();
  expect([one, other, later].map(({ bypasses }) => bypasses.has("notes"))).toEqual([false, false, false]);
  one.bypasses.found("notes", "/notes/8");
  await one.bypasses.refresh();
  expect(await one.ledger.listBypasses({ service: null })).toMatchObject([{ service: "notes", path: "/notes/8" }]);
});

it("of a service that is bypassed all the time the ledger hears once a minute", async () => {
  await serve();
  const { ledger, bypasses } = worker();
  const pathNow = async (): Promise<string | undefined> => (await ledger.listBypasses({ service: "notes" }))[0]?.path;
  for (const path of ["/notes/1", "/notes/2"]) {
    bypasses.found("notes", path);
    await bypasses.refresh();
  }
  expect(await pathNow()).toBe("/notes/1");
  nowMs += 60_000;
  bypasses.found("notes", "/notes/3");
  await bypasses.refresh();
  expect(await pathNow()).toBe("/notes/3");
});

it("what was found while the ledger was down is told when it is back", { timeout: 30_000 }, async () => {
  const stop = await serve();
  const { ledger, bypasses } = worker();
  await bypasses.refresh();
  await stop();
  bypasses.found("notes", "/notes/7");
  expect(bypasses.has("notes")).toBe(true);
  await serve();
  await expect.poll(async () => {
    await bypasses.refresh();
    return (await ledger.listBypasses({ service: null })).length;
  }, { timeout: 20_000 }).toBe(1);
});
