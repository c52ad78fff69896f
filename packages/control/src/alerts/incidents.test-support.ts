/** For tests: incidents as they were recorded, in a real call log, and alerts at work on a clock that is moved by hand. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import { alert, type Alert } from "@parley/contract/config/alerts";
import { channel } from "@parley/contract/config/channels";
import { openEmbeddedCallLog } from "@parley/stores/embedded/call-log";
import { openEmbeddedConfigStore } from "@parley/stores/embedded/config-store";
import type { CallLog } from "@parley/stores/ports/call-log";
import type { ConfigStore } from "@parley/stores/ports/config-store";
import type { z } from "zod";
import { Alerts } from "./alerts.ts";
import type { AlertMessage } from "./message.ts";
import type { Sent } from "./send.ts";
import type { StateSources } from "./state-readings.ts";

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
/** When the incidents are looked back at. */
export const now = Date.parse("2026-11-20T12:00:00Z");

export interface Recorded {
  callLog: CallLog;
  folder: string;
  close(): Promise<void>;
}

/** Calls of a service, `everyMs` apart, of which `over` says more. */
export function calls(range: { from: number; to: number; everyMs: number }, over: (number: number, at: number) => Partial<CallRecord> = () => ({})): CallRecord[] {
  return Array.from({ length: Math.floor((range.to - range.from) / range.everyMs) }, (_, number) => {
    const at = range.from + number * range.everyMs;
    return { id: `${range.from}-${number}`, at, worker: 0, service: "notes", kind: "http", method: "PUT", path: "/notes/7", clientAddress: "127.0.0.1", status: 200, durationMs: 20, requestBytes: 10, responseBytes: 10, attempts: 1, ...over(number, at) };
  });
}

export async function recorded(records: readonly CallRecord[]): Promise<Recorded> {
  const folder = mkdtempSync(join(tmpdir(), "parley-incident-"));
  const callLog = await openEmbeddedCallLog({ path: join(folder, "calls.duckdb"), onDamage: () => undefined });
  const path = join(folder, "1-0-1.ndjson");
  writeFileSync(path, records.map((record) => JSON.stringify(record)).join("\n"));
  await callLog.ingest([{ name: "1-0-1.ndjson", path }]);
  return {
    callLog, folder,
    close: async () => {
      await callLog.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function ruleOf(written: z.input<typeof alert>): Alert {
  return alert.parse(written);
}

export interface AtWork {
  alerts: Alerts;
  store: ConfigStore;
  /** What got out, in order. */
  messages: AlertMessage[];
  at: number;
  rules: Map<string, Alert>;
  /** Moves the clock and looks. */
  lookAt(at: number): Promise<void>;
  /** Waits for what is on its way; the store stays open. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface AtWorkOptions {
  callLog: CallLog;
  rules: Record<string, z.input<typeof alert>>;
  begin: number;
  channels?: Record<string, z.input<typeof channel>>;
  /** What a receiver says; that it has it, where left out. */
  answer?: (message: AlertMessage, channel: string) => Sent;
  sources?: Partial<StateSources>;
  /** A store that stays when alerts are stopped, for restarts. */
  store?: ConfigStore;
}

const delivered: Sent = { delivered: true, status: 200, detail: "ok" };

export async function atWork(options: AtWorkOptions): Promise<AtWork> {
  const store = options.store ?? openEmbeddedConfigStore(":memory:");
  const messages: AlertMessage[] = [];
  let ids = 0;
  const work: AtWork = {
    store, messages, at: options.begin, rules: new Map(Object.entries(options.rules).map(([name, written]) => [name, ruleOf(written)])),
    alerts: new Alerts({
      store: store.alerts, callLog: options.callLog, rules: () => work.rules, now: () => work.at, origin: () => "http://console.example",
      channels: () => new Map(Object.entries(options.channels ?? { ops: { webhook: "http://example.com/" } }).map(([name, written]) => [name, channel.parse(written)])),
      send: async (name, message) => {
        const sent = options.answer?.(message, name) ?? delivered;
        if (sent.delivered) messages.push(message);
        return sent;
      },
      sources: { targets: async () => [], potential: async () => [], certificates: async () => [], budgets: async () => [], diskSpace: async () => null, ...options.sources },
      newId: () => `${options.begin}-${++ids}`, onError: (message, error) => {
        throw new Error(message, { cause: error });
      },
    }),
    lookAt: async (at) => {
      work.at = at;
      await work.alerts.look();
    },
    stop: () => work.alerts.stop(),
    close: async () => {
      await work.alerts.stop();
      if (!options.store) await store.close();
    },
  };
  return work;
}
