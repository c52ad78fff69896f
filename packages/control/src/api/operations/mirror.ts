/** How a service's mirror answers: each gateway worker compares its own copies, and their counts are put together. */
import type { MirrorPlace, MirrorReport, MirrorState } from "@parley/contract/api/mirror";
import type { Mirror } from "@parley/contract/config/mirror";
import { service as serviceSchema, type Service } from "@parley/contract/config/service";
import { deedDraft } from "../../configuration/audit-drafts.ts";
import { refuse } from "../../refusal.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

const gatewaysWithinMs = 500;

export function mirrorHandlers(plane: ControlPlane): Pick<Handlers, "getMirror" | "forgetMirror"> {
  return {
    getMirror: async ({ path }) => {
      const settings = mirrorOf(plane, path.name);
      const reports = await plane.channel.mirrors(gatewaysWithinMs);
      return { body: reportOf(path.name, settings, reports.flat().filter(({ service }) => service === path.name)) };
    },
    forgetMirror: async ({ path, actor }) => {
      mirrorOf(plane, path.name);
      await plane.channel.mirrors(gatewaysWithinMs, path.name);
      await plane.store.audit.add([deedDraft({ action: "delete", kind: "mirror", name: path.name, changes: [] }, { ...actor, at: plane.now() })]);
      return {};
    },
  };
}

function mirrorOf(plane: ControlPlane, name: string): Mirror {
  const held = plane.configuration.entities.get("service", name) ?? refuse("not-found", `there is no service ${name}`);
  const { mirror } = (held.resolved as Service | undefined) ?? serviceSchema.parse(held.spec);
  return mirror ?? refuse("not-found", `the service ${name} has no mirror`, { fix: "A mirror: { version or target } on the service begins one." });
}

function reportOf(service: string, settings: Mirror, states: readonly MirrorState[]): MirrorReport {
  const { version = null, target = null, of = null, percent, methods, compare } = settings;
  const sum = (count: (state: MirrorState) => number): number => states.reduce((total, state) => total + count(state), 0);
  const [equal, different] = [sum((state) => state.equal), sum((state) => state.different)];
  return {
    service,
    mirror: { version, target, of, percent, methods, ignore: compare.ignore },
    since: states.length === 0 ? null : Math.min(...states.map(({ since }) => since)),
    equal, different,
    failed: sum((state) => state.failed), dropped: sum((state) => state.dropped), skipped: sum((state) => state.skipped), bodiesTooLong: sum((state) => state.bodiesTooLong),
    equalShare: equal + different === 0 ? null : equal / (equal + different),
    failures: failuresOf(states),
    places: placesOf(states),
    elsewhere: sum((state) => state.elsewhere),
    times: { service: quantilesOf(states.flatMap(({ times }) => times.service)), mirror: quantilesOf(states.flatMap(({ times }) => times.mirror)) },
  };
}

function failuresOf(states: readonly MirrorState[]): MirrorReport["failures"] {
  const calls = new Map<string, number>();
  for (const { failures } of states) for (const [code, count] of Object.entries(failures)) calls.set(code, (calls.get(code) ?? 0) + count);
  return [...calls].map(([code, count]) => ({ code, calls: count })).toSorted((one, other) => other.calls - one.calls);
}

/** The newest example of each. */
function placesOf(states: readonly MirrorState[]): MirrorPlace[] {
  const places = new Map<string, MirrorPlace>();
  for (const place of states.flatMap((state) => state.places)) {
    const key = `${place.in} ${place.at}`;
    const known = places.get(key);
    if (!known) places.set(key, place);
    else places.set(key, { ...place, calls: known.calls + place.calls, example: known.example.at > place.example.at ? known.example : place.example });
  }
  return [...places.values()].toSorted((one, other) => other.calls - one.calls);
}

function quantilesOf(times: readonly number[]): { p50Ms: number | null; p95Ms: number | null } {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number): number | null => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}
