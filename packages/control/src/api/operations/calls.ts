/** Calls: pages of the log, one call, and calls as they end. */
import { CallLogUnavailableError, InvalidCursorError } from "@parley/stores/ports/call-log";
import { refuse } from "../../refusal.ts";
import { tokenHash } from "../../sign-in/tokens.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

export function callHandlers(plane: ControlPlane): Pick<Handlers, "listCalls" | "liveCalls" | "getCall"> {
  return {
    listCalls: async ({ query }) => ({ body: await answered(() => plane.callLog.find(query)) }),
    getCall: async ({ path }) => {
      const call = plane.live.recent.get(path.id) ?? (await answered(() => plane.callLog.get(path.id)));
      return { body: call ?? refuse("not-found", `the call log has no call ${path.id}`, { fix: "A call is in the log within a second of its end, for as long as `logging.retain` says." }) };
    },
    liveCalls: async ({ query, caller }) => {
      const token = caller.sessionToken;
      const stream = plane.live.watch({
        filter: query,
        person: caller.name,
        tokenHash: token === null ? null : tokenHash(token),
        stillAllowed: async () => token === null || (await plane.signIn.session(token)) !== null,
      });
      return { stream: stream ?? refuse("too-many-attempts", "too many people watch calls live at this moment", { status: 503, headers: { "Retry-After": "10" } }) };
    },
  };
}

async function answered<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof InvalidCursorError) refuse("invalid-parameter", error.message);
    if (error instanceof CallLogUnavailableError) refuse("call-log-unavailable", error.message, { headers: { "Retry-After": "2" } });
    throw error;
  }
}
