/**
 * Completes package-lock.json by optional packages for other platforms: `node scripts/complete-lockfile.ts` after npm
 * changed it; `--check` only says what is missing. npm leaves out those that it could not fetch or did not need on the machine where it ran (npm/cli#4828),
 * and then `npm ci` refuses the file. What it needs to know of them is in their names.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

interface Lockfile {
  packages: Record<string, LockedPackage>;
}

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

function completeLockfile(lock: Lockfile): string[] {
  const added: string[] = [];
  for (const [place, locked] of Object.entries({ ...lock.packages })) {
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const platform = platformOf(name);
      if (lock.packages[path] ?? lock.packages[`${place}/${path}`] ?? !platform) continue;
      lock.packages[path] = { version, ...platform, ...(locked.dev ? { dev: true } : {}), optional: true };
      added.push(`${name}@${version}`);
    }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([one], [other]) => one.localeCompare(other, "en")));
  return added;
}

/** Null for an optional package that is not for one platform only. */
function platformOf(name: string): Pick<LockedPackage, "os" | "cpu" | "libc"> | null {
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) return null;
  const libc = os !== "linux" ? undefined : words.some((word) => word.startsWith("musl")) ? "musl" : words.some((word) => word.startsWith("gnu")) ? "glibc" : undefined;
  return { cpu: [cpu], os: [os], ...(libc === undefined ? {} : { libc: [libc] }) };
}

const path = resolve(import.meta.dirname, "../package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8")) as Lockfile;
const added = completeLockfile(lock);
const onlyCheck = process.argv.includes("--check");
if (added.length > 0 && !onlyCheck) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(added.length === 0 ? "complete\n" : `${onlyCheck ? "missing" : "added"}:\n${added.join("\n")}\n`);
process.exitCode = onlyCheck && added.length > 0 ? 1 : 0;
