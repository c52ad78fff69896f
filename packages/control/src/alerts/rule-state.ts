/** How a rule stands, and what another look makes of that: the state machine of every alert, for the present and for previews. */
export type Standing = "ok" | "pending" | "firing" | "unknown";

export interface RuleState {
  state: Standing;
  since: number;
}

export type Transition = "firing" | "resolved" | null;

export function advance(before: RuleState, holds: boolean, { now, forMs }: { now: number; forMs: number }): { after: RuleState; transition: Transition } {
  const firing = before.state === "firing";
  if (!holds) return { after: before.state === "ok" ? before : { state: "ok", since: now }, transition: firing ? "resolved" : null };
  if (firing) return { after: before, transition: null };
  const heldSince = before.state === "pending" ? before.since : now;
  if (now - heldSince >= forMs) return { after: { state: "firing", since: now }, transition: "firing" };
  return { after: { state: "pending", since: heldSince }, transition: null };
}
