/** Advice on conflicts and the preview of protection: the records of a time, replayed under other settings. */
import type { advice, ProtectionPreview, ReplayVerdict } from "@parley/contract/api/conflict-advice";
import { type Conflict, conflict as conflictSchema } from "@parley/contract/config/conflict";
import type { Service } from "@parley/contract/config/service";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { CallLogUnavailableError, type WriteCount } from "@parley/stores/ports/call-log";
import { stringify } from "yaml";
import type { z } from "zod";
import { adviseService, replayAll } from "../../../advice/advise.ts";
import { replay } from "../../../advice/verdict.ts";
import { refuse } from "../../../refusal.ts";
import type { ControlPlane } from "../../control-plane.ts";
import type { Handlers } from "../../handler.ts";
import { ledgerAnswer } from "./ledger-answer.ts";

const weekMs = 7 * 24 * 3_600_000;
const mostRecords = 5_000;
const perPage = 500;

export function adviceHandlers(plane: ControlPlane): Pick<Handlers, "adviseOnConflicts" | "previewProtection"> {
  return {
    adviseOnConflicts: async ({ query }) => ({ body: await adviceOn(plane, query.service, timeOf(plane, query)) }),
    previewProtection: async ({ path, query }) => {
      const settings = settingsOf(plane, path.name) ?? refuse("not-found", `there is no service ${path.name}`);
      return { body: await preview(plane, path.name, { mode: query.mode, strategy: query.strategy ?? settings.strategy, settings, time: timeOf(plane, query) }) };
    },
  };
}

interface Time {
  from: number;
  to: number;
}

function timeOf(plane: ControlPlane, { from, to = plane.now() + 1 }: { from?: number | undefined; to?: number | undefined }): Time {
  return { from: from ?? to - weekMs, to };
}

async function adviceOn(plane: ControlPlane, service: string | undefined, time: Time): Promise<z.input<typeof advice>> {
  const { records, truncated } = await recordsOf(plane, service ?? null, time);
  const names = service === undefined ? [...new Set(records.map((record) => record.service))].toSorted((one, other) => one.localeCompare(other, "en")) : [service];
  const items = names.map((name) => adviseService(name, records.filter((record) => record.service === name), settingsOf(plane, name) ?? conflictSchema.parse({})));
  return { ...time, considered: records.length, truncated, items };
}

/** Null for a service that is not there (any more). */
function settingsOf(plane: ControlPlane, service: string): Conflict | null {
  const held = plane.configuration.entities.get("service", service);
  if (!held) return null;
  const resolved = held.resolved as Service | undefined;
  return resolved?.conflict ?? conflictSchema.parse((held.spec as { conflict?: unknown }).conflict ?? {});
}

async function recordsOf(plane: ControlPlane, service: string | null, time: Time): Promise<{ records: ConflictRecord[]; truncated: boolean }> {
  const records: ConflictRecord[] = [];
  let after: string | null = null;
  do {
    const query = { service, state: null, cause: null, after, ...time, limit: perPage };
    const page: Awaited<ReturnType<typeof plane.ledger.findConflicts>> = await ledgerAnswer(() => plane.ledger.findConflicts(query));
    records.push(...page.items);
    after = page.next;
  } while (after !== null && records.length < mostRecords);
  return { records: records.slice(0, mostRecords), truncated: after !== null };
}

interface Wanted extends Pick<Conflict, "mode" | "strategy"> {
  settings: Conflict;
  time: Time;
}

async function preview(plane: ControlPlane, service: string, { mode, strategy, settings, time }: Wanted): Promise<ProtectionPreview> {
  const [{ records }, writes] = await Promise.all([recordsOf(plane, service, time), writesOf(plane, service, time)]);
  const counts = replayAll(records, { mode, strategy }, settings.merge);
  // The default goes without saying, unless it takes the place of something else.
  const spec = { conflict: { mode, ...(strategy === "reject" && settings.strategy === "reject" ? {} : { strategy }) } };
  const total = (wanted: (count: WriteCount) => boolean): number => writes.filter(wanted).reduce((sum, { calls }) => sum + calls, 0);
  return {
    service, mode, strategy, ...time,
    writes: total(() => true),
    conditional: total(({ conditional }) => conditional),
    // What a PUT created was not there, so that it needed no precondition; what was refused for the lack of one would be again.
    preconditionRequired: mode === "require" ? total(({ conditional, method, status }) => !conditional && !(method === "PUT" && status === 201)) + records.filter(({ cause }) => cause === "precondition-required").length : 0,
    preconditionFailed: mode === "off" || mode === "observe" ? 0 : records.filter((record) => isStale(record, replay(record, { mode, strategy }, settings.merge))).length,
    conflicts: records.length, counts, spec,
    yaml: stringify({ services: { [service]: spec } }),
  };
}

/** Written on top of a state that had changed, and not resolved by the strategy. */
function isStale({ cause }: ConflictRecord, verdict: ReplayVerdict): boolean {
  return verdict === "prevented" || (verdict === "refused" && (cause === "concurrent-modification" || cause === "version-mismatch"));
}

async function writesOf(plane: ControlPlane, service: string, time: Time): Promise<WriteCount[]> {
  try {
    return await plane.callLog.countWrites({ service, ...time });
  } catch (error) {
    if (error instanceof CallLogUnavailableError) refuse("call-log-unavailable", error.message, { headers: { "Retry-After": "2" } });
    throw error;
  }
}
