/** What can be wrong with the installation itself, each as a check with its detail. */
import { isNearlyFull } from "@parley/contract/disk-space";
import type { ControlPlane } from "./control-plane.ts";

export interface Check {
  ok: boolean;
  detail?: string;
}

export function check(trouble: string | null): Check {
  return trouble === null ? { ok: true } : { ok: false, detail: trouble };
}

/** Of the checks that say no. */
export function namesOf(checks: Readonly<Record<string, Check>>): string[] {
  return Object.entries(checks).flatMap(([name, { ok }]) => (ok ? [] : [name]));
}

export async function diskCheck({ diskSpace }: Pick<ControlPlane, "diskSpace">): Promise<Check> {
  const space = await diskSpace();
  if (space === null || !isNearlyFull(space)) return check(null);
  return check(`the disk of the data directory has ${Math.floor(space.freeBytes / 1024 / 1024)} MiB left; once it is full calls go on and are not recorded, and nothing can be changed`);
}

/** Calls are carried and on record without it. */
export function bodiesTrouble({ bodies }: Pick<ControlPlane, "bodies">): string | null {
  return bodies === null ? "it could not be opened, so that no bodies of calls are kept" : bodies.store.trouble;
}

/** A probe waits a second at most, as a rule. */
const ledgerWithinMs = 400;

export async function ledgerCheck({ ledger }: Pick<ControlPlane, "ledger">): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve("it does not answer"), ledgerWithinMs)));
  const trouble = await Promise.race([ledger.size({ service: null }).then(() => null, (error: Error) => error.message), late]).finally(() => clearTimeout(timer));
  return check(trouble === null ? null : `guarded writes are refused: ${trouble}`);
}
