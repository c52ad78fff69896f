/** What the gateway did about a conflict, in one sentence. */
import type { ConflictRecord } from "@parley/contract/conflicts/record";

export function whatWasDone(record: Pick<ConflictRecord, "state" | "origin" | "status" | "outcome" | "retry" | "found">): string {
  return `${action(record)}${later(record)}`;
}

function action({ state, origin, status, outcome }: Pick<ConflictRecord, "state" | "origin" | "status" | "outcome">): string {
  switch (state) {
    case "potential":
      return "Nothing yet: nothing has happened. Whoever writes next on top of what they read overwrites the other.";
    case "lost":
      return "It saw the update being lost and prevented nothing, because the service is only observed. The write was carried out.";
    case "merged":
      return "It put both changes together and wrote the result. Nobody had to do anything.";
    case "applied":
      return "The write was carried out over what was there; the version before is kept and can be brought back.";
    case "unknown":
      return "The answer was lost on the way. The resource rests, and then the gateway looks what became of the write.";
    case "prevented":
      if (origin === "upstream") return `It passed on the upstream's own ${status} and found out why. ${outcome === "not-applied" ? "Nothing was written." : ""}`.trim();
      return `It answered ${status} and explained why. Nothing was written.`;
  }
}

const findings = { applied: "it had been carried out", "not-applied": "it had not been carried out", diverged: "something else is there by now" } as const;

function later({ found }: Pick<ConflictRecord, "found">): string {
  return found ? ` Looking again later, it found: ${findings[found.outcome]}.` : "";
}
