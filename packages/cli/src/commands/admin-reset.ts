import { Failure } from "../failure.ts";
import type { Terminal } from "../terminal.ts";

export async function adminReset(_terminal: Terminal): Promise<number> {
  throw new Failure("not-running", "not there yet");
}
