/**
 * Makes one file of each program that Parley runs, with a few more of what it loads later: the command line, the processes of both
 * planes and their threads. Node finds, reads and links every module by itself; a process of one file instead of eight hundred
 * starts with less than half the CPU. `compile-ahead.ts` calls it. The sources run as they are where there are no bundles.
 */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type Plugin, type PluginContext, rolldown } from "rolldown";

/** These load files of their own, from where npm put them. */
const external = ["@duckdb/node-api", "@node-rs/argon2"];

/**
 * Writes the bundle of `program` and those of all that it starts into `folder`, all or none; gives back their files. They share no file:
 * what one program loads can never run another.
 */
export async function bundle(home: string, program: string, folder: string): Promise<string[]> {
  const making = `${folder}.new`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  try {
    const modules = await write(home, program, { folder, making });
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
    return modules.map((module) => join(folder, `${bundleName(module)}.mjs`));
  } catch (error) {
    // On a full disk, others need the room.
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
}

/** Writes the files of `folder` into `making`; gives back the modules that have become bundles. */
async function write(home: string, program: string, { folder, making }: { folder: string; making: string }): Promise<string[]> {
  const modules = new Set([join(home, program)]);
  for (const module of modules) {
    const name = bundleName(module);
    const plugins = [placesOfModules(join(home, "packages"), folder, (started) => void modules.add(started))];
    const build = await rolldown({ input: { [name]: module }, external, platform: "node", plugins, logLevel: "warn" });
    // By `.mjs` Node knows that it is a module without looking for a package or into megabytes of text; comments would only be read again at each start.
    await build.write({ dir: making, format: "esm", comments: false, entryFileNames: "[name].mjs", chunkFileNames: `${name}-[name]-[hash].mjs` });
    await build.close();
  }
  return [...modules];
}

/** Of `…/gateway/src/main.ts`: `gateway-main`. */
function bundleName(module: string): string {
  const inPackage = /([^/]+)\/src\/(.+)\.ts$/.exec(module);
  if (!inPackage) throw new Error(`${module} is no module of a package`);
  return `${inPackage[1]}-${inPackage[2]?.replaceAll("/", "-")}`;
}

/**
 * What a module says by `import.meta` it means from its own place; in a bundle, which lies elsewhere, it is given that place. A module
 * that it starts, as a process or as a thread, becomes a bundle too.
 */
function placesOfModules(packages: string, folder: string, starts: (module: string) => void): Plugin {
  return {
    name: "places-of-modules",
    transform: {
      filter: { id: /\/src\/.*\.ts$/, code: "import.meta." },
      async handler(code, id) {
        if (!id.startsWith(`${packages}/`)) return null;
        const bundles = new Map<string, string>();
        for (const [expression, path, specifier] of code.matchAll(startedModule)) {
          const module = path === undefined ? await foundAs(this, specifier ?? "", id) : resolve(dirname(id), path);
          starts(module);
          bundles.set(expression, `new URL("./${bundleName(module)}.mjs", import.meta.url)${path === undefined ? ".href" : ""}`);
        }
        const place = relative(folder, id);
        return code
          .replaceAll(/(?<!new URL\("\.[^"]*\.ts", )import\.meta\.url/g, `new URL("${place}", import.meta.url).href`)
          .replaceAll("import.meta.dirname", `(import.meta.dirname + "/${dirname(place)}")`)
          .replaceAll(startedModule, (expression) => bundles.get(expression) ?? expression);
      },
    },
  };
}

/** As a thread, `new URL("./thread.ts", import.meta.url)`, or as a process, `import.meta.resolve("@parley/gateway/main")`. */
const startedModule = /new URL\("(\.[^"]*\.ts)", import\.meta\.url\)|import\.meta\.resolve\("([^"]+)"\)/g;

async function foundAs(context: PluginContext, specifier: string, importer: string): Promise<string> {
  const found = await context.resolve(specifier, importer);
  if (!found) throw new Error(`${importer} starts ${specifier}, which is not there`);
  return found.id;
}
