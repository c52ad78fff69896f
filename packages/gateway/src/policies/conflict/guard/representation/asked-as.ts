/**
 * What a read had asked for, kept with the ledger under a name that follows from the tag that it was given: the tag may come back to another worker, or after
 * a restart or a change of the configuration, with a write that asks for another form. Only where the form depends on what was asked; looked up only where
 * a write's own form does not have the tag, so that neither costs the others anything.
 */
import { contradictingQueries } from "../../requests/contradicting-queries.ts";
import { digestBody } from "../../validators/index.ts";
import type { GuardedCall } from "../guarded-call.ts";
import { firstTag, tagKey } from "../resolution/evidence.ts";
import type { GivenTag } from "./given-tags.ts";
import type { Representation } from "./representation.ts";

export type AskedAs = Pick<GivenTag, "view" | "query" | "accept">;

/** Nothing waits for it: what comes behind it on the same connection finds it. */
export function keepAsked({ plan, path }: GuardedCall, seen: Representation, { key, asked }: { key: string; asked: AskedAs }): void {
  if (asked.query === "" && !isNegotiated(seen)) return;
  const { view, query, accept } = asked;
  const body = Buffer.from(JSON.stringify({ view, query, accept } satisfies AskedAs)).toString("base64");
  plan.ports.ledger.keepBase({ service: plan.service, path, digest: nameOf(key), contentType: "application/json", body, retainMs: plan.settings.idempotency.retain }).catch(() => {});
}

/** Its form depends on what the request accepts. */
export function isNegotiated({ vary }: Representation): boolean {
  return /^accept/m.test(vary);
}

/** By this worker. Undefined where nothing is known, or the tag is of what another query names. */
export function givenTag(call: GuardedCall): GivenTag | undefined {
  const tag = firstTag(call);
  const given = tag === null ? undefined : call.plan.given.find(tagKey(call, tag));
  return given?.path === call.path && !contradictingQueries(given.query, call.query, call.plan.versionParameter) ? given : undefined;
}

/** By any worker. Null where nothing is known, or the tag is of what another query names. */
export async function recallAsked(call: GuardedCall): Promise<AskedAs | null> {
  const { plan, path } = call;
  const tag = firstTag(call);
  const kept = tag === null ? null : await plan.ports.ledger.readBase({ service: plan.service, path, digest: nameOf(tagKey(call, tag)) });
  if (kept === null) return null;
  const asked = JSON.parse(Buffer.from(kept.body, "base64").toString("utf8")) as AskedAs;
  return contradictingQueries(asked.query, call.query, plan.versionParameter) ? null : asked;
}

/** No body has it: no representation is of this type. */
function nameOf(key: string): string {
  return digestBody({ contentType: "asked", view: "" }, Buffer.from(key));
}
