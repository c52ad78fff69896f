/** One thing that has to be right, and what to do when it is not. */
import type { Connection } from "../api/connection.ts";
import type { Terminal } from "../terminal.ts";

export interface DoctorContext {
  terminal: Terminal;
  /** The data directory, absolute. */
  data: string;
  /** The configuration file that was named or that the running Parley has; null in database mode. */
  file: string | null;
  /** Null where nothing seems to run. */
  connection: Connection | null;
}

export type Finding = { state: "ok"; detail: string } | { state: "failed"; detail: string; fix: string } | { state: "skipped"; detail: string };

export interface Check {
  name: string;
  run(context: DoctorContext): Finding | Promise<Finding>;
}

export function ok(detail: string): Finding {
  return { state: "ok", detail };
}

export function failed(detail: string, fix: string): Finding {
  return { state: "failed", detail, fix };
}

export function skipped(detail: string): Finding {
  return { state: "skipped", detail };
}
