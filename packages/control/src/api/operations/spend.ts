/** What AI calls cost. */
import { CallLogUnavailableError } from "@parley/stores/ports/call-log";
import { refuse } from "../../refusal.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

const maxRows = 10_000;

export function spendHandlers(plane: ControlPlane): Pick<Handlers, "getSpend"> {
  return {
    getSpend: async ({ query }) => {
      try {
        const rows = await plane.callLog.spend(query, maxRows + 1);
        return { body: { currency: "USD", items: rows.slice(0, maxRows), truncated: rows.length > maxRows } };
      } catch (error) {
        if (error instanceof CallLogUnavailableError) refuse("call-log-unavailable", error.message, { headers: { "Retry-After": "2" } });
        throw error;
      }
    },
  };
}
