/**
 * Bundles what Parley runs and loads each bundle once, so that Node keeps it as compiled. A process that finds both starts in
 * less than half the time, and never loads the compiler that strips types, which would stay resident: some 30 MiB for each
 * process that had to compile. Where they are is said by `node_modules/.cache/parley/.compiled`,
 * and of which sources: `node_modules` may be shared by several copies of these.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { gatewayNodeArguments } from "../packages/supervisor/src/gateway-node-arguments.ts";
import { bundle } from "./bundle.ts";

const home = resolve(import.meta.dirname, "..");
const cache = join(home, "node_modules/.cache/parley");
const begun = new Date();
const programs = join(cache, `programs-${begun.getTime().toString(36)}`);

for (const program of await bundle(home, "packages/cli/src/main.ts", programs)) await load(program);

// Whatever changed while this ran is newer than the mark.
const mark = join(cache, ".compiled");
writeFileSync(`${mark}.new`, `${basename(programs)}\n${home}\n`);
utimesSync(`${mark}.new`, begun, begun);
renameSync(`${mark}.new`, mark);
forgetOldBundles();

/** It loads all that it is made of, finds that it was given nothing to do, and ends. What every command begins with has to, without an error. */
async function load(program: string): Promise<void> {
  const name = basename(program, ".mjs");
  const nodeArguments = name === "gateway-main" ? gatewayNodeArguments : [];
  const words = name === "cli-main" ? ["up", "--help"] : [];
  const environment = { ...process.env, NODE_COMPILE_CACHE: join(programs, "code") };
  const [status] = (await once(spawn(process.execPath, [...nodeArguments, program, ...words], { stdio: "ignore", timeout: 30_000, env: environment }), "exit")) as [number | null];
  if (name === "cli-main" && status !== 0) throw new Error(`${program} does not run`);
}

/** A Parley that was started before this still loads a part now and then, and starts its processes again: the last one's bundles stay. What was being made before those goes too. */
function forgetOldBundles(): void {
  const names = readdirSync(cache).filter((name) => name.startsWith("programs-"));
  const [last = ""] = names.filter((name) => !name.endsWith(".new")).sort().slice(-2);
  for (const name of names) if (name < last) rmSync(join(cache, name), { recursive: true, force: true, maxRetries: 3 });
}
