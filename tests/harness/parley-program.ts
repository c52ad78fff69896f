/** Which files a test runs as the command `parley`: the bundles that `./parley` made, as users do, or the sources where these have changed since. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

export interface ParleyProgram {
  /** The module that Node is given. */
  module: string;
  /** Where Node keeps what it compiled of it. */
  compiled: string;
}

const repository = resolve(import.meta.dirname, "../..");
const cache = join(repository, "node_modules/.cache/parley");

/** What `./parley` asks too. It looks at some thousand files, so tests ask for it once. */
export function findProgram(): ParleyProgram {
  const mark = join(cache, ".compiled");
  const [name, madeOf] = existsSync(mark) ? readFileSync(mark, "utf8").split("\n") : [];
  const programs = join(cache, name ?? "");
  const module = join(programs, "cli-main.mjs");
  if (madeOf !== repository || !existsSync(module) || anyNewer(statSync(mark).mtimeMs)) return sources();
  return { module, compiled: join(programs, "code") };
}

export function sources(): ParleyProgram {
  return { module: join(repository, "packages/cli/src/main.ts"), compiled: join(cache, "code") };
}

export type Plane = "gateway" | "control";

/** By the command line of a process, run from a bundle or from the sources; null for the supervisor. */
export function planeOf(command: string): Plane | null {
  return (/\/(gateway|control)(?:-main\.mjs|\/src\/main\.ts)/.exec(command)?.[1] as Plane | undefined) ?? null;
}

/** Whether the bundles are older than anything that they are made of. */
function anyNewer(thanMs: number): boolean {
  const files = ["packages", "scripts"].flatMap((folder) => readdirSync(join(repository, folder), { recursive: true, withFileTypes: true }));
  const modules = files.filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules") && /(?<!\.test)\.ts$|^package\.json$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
  return [...modules, join(repository, "node_modules/.package-lock.json")].some((file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > thanMs);
}
