/**
 * Calls at a steady pace from h2load, to run beside what is measured: it takes a tenth of the CPU that a generator in JavaScript takes, and
 * never stops to collect garbage, so that what is measured on the same core is not held up by it.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPinned } from "../programs/child.ts";
import type { Target } from "./job.ts";

export interface SteadyLoad {
  target: Target;
  ratePerSecond: number;
  durationMs: number;
  core: number;
}

/** Each sends so many calls a second, one at a time; they are opened one after the other, so that their calls do not fall due together. */
const callsPerConnection = 25;

/** Resolves when all calls were sent, with the part of them that was answered 2xx. */
export async function runSteadyLoad({ target, ratePerSecond, durationMs, core }: SteadyLoad): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "parley-steady-"));
  try {
    const connections = Math.max(1, Math.round(ratePerSecond / callsPerConnection));
    const calls = Math.round((ratePerSecond * durationMs) / 1000);
    // All within the first fifth of a second, a few each two milliseconds.
    const opening = ["--rate", String(Math.ceil(connections / 100)), "--rate-period", "2ms"];
    const child = startPinned(["h2load", "--h1", "-n", String(calls), "-c", String(connections), "--rps", String(ratePerSecond / connections), ...opening, ...requestOptions(target, directory)], { core });
    await once(child.process, "close");
    const succeeded = /(\d+) succeeded/.exec(child.output())?.[1];
    if (child.process.exitCode !== 0 || succeeded === undefined) throw new Error(`h2load ended with ${child.process.exitCode}: ${child.output()}`);
    return Number(succeeded) / calls;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The first of the target's requests, as h2load wants to be told. */
function requestOptions({ port, requests: [request] }: Target, directory: string): string[] {
  const [head = "", body = ""] = Buffer.from(request!).toString("latin1").split(/\r\n\r\n([^]*)/, 2);
  const [line = "", ...fields] = head.split("\r\n");
  const headers = fields.filter((field) => !/^(host|content-length|user-agent):/i.test(field)).flatMap((field) => ["-H", field]);
  const path = line.split(" ")[1] ?? "/";
  const bodyFile = join(directory, "body");
  if (body !== "") writeFileSync(bodyFile, body, "latin1");
  return [...headers, ...(body === "" ? [] : ["-d", bodyFile]), `http://127.0.0.1:${port}${path}`];
}
