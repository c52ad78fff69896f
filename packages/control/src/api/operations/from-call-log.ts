/** What the call log answers, or the refusal that its trouble is. */
import { CallLogUnavailableError, InvalidCursorError } from "@parley/stores/ports/call-log";
import { refuse } from "../../refusal.ts";

export async function fromCallLog<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof InvalidCursorError) refuse("invalid-parameter", error.message);
    if (error instanceof CallLogUnavailableError) refuse("call-log-unavailable", error.message, { headers: { "Retry-After": "2" } });
    throw error;
  }
}
