/** ./parley in a small checkout: what it builds and bundles, when, and what it runs. Its own program and page stand in for Parley's; Node and the bundler are the real ones. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = resolve(import.meta.dirname, "../..");
const isRoot = process.getuid?.() === 0;
/** As on every Debian: nobody, in no group of ours. */
const somebody = 65534;

let home: string;
beforeEach(() => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "ps-")));
  chmodSync(directory, 0o755);
  home = join(directory, "Prüf stand 日本");
  for (const path of ["parley", "scripts/bundle.ts", "scripts/compile-ahead.ts", "packages/supervisor/src/gateway-node-arguments.ts"]) cpSync(join(repository, path), join(home, path));
  for (const name of ["node", "rolldown"]) link(name);
  // It says where it builds, and empties its folder first, as Vite does.
  write("node_modules/vite/bin/vite.js", `import { mkdirSync, rmSync, writeFileSync, appendFileSync } from "node:fs"; rmSync("dist", { recursive: true, force: true }); mkdirSync("dist"); writeFileSync("dist/index.html", "page"); appendFileSync("../../built.log", "built\\n");`);
  write("package.json", `{"type": "module"}`);
  write("package-lock.json", "{}");
  write("packages/console/index.html", "page");
  mkdirSync(join(home, "packages/contract/src"), { recursive: true });
  program("first");
  const past = new Date(Date.now() - 60_000);
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) if (!name.startsWith("node_modules/")) utimesSync(join(home, name), past, past);
  write("node_modules/.package-lock.json", "{}");
});
afterEach(() => rmSync(dirname(home), { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

function link(name: string): void {
  mkdirSync(join(home, "node_modules"), { recursive: true });
  symlinkSync(join(repository, "node_modules", name), join(home, "node_modules", name));
}

function program(says: string): void {
  write("packages/cli/src/main.ts", `console.log(${JSON.stringify(says)}, import.meta.filename.endsWith(".mjs") ? "bundled" : "from its source");`);
}

async function parley(args: string[], user?: number): Promise<{ status: number | null; out: string; error: string }> {
  const child = spawn(join(home, "parley"), args, { cwd: "/", env: { PATH: process.env["PATH"] ?? "" }, stdio: ["ignore", "pipe", "pipe"], ...(user === undefined ? {} : { uid: user, gid: user }) });
  const text = { out: "", error: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text.out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text.error += chunk));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, ...text };
}

const cache = (): string => join(home, "node_modules/.cache/parley");
const bundles = (): string[] => readdirSync(cache()).filter((name) => name.startsWith("programs-"));
const built = (): number => readFileSync(join(home, "built.log"), "utf8").split("\n").length - 1;
const quietly = (out: string): object => ({ status: 0, out: `${out}\n`, error: "" });

test("the first start builds and bundles, and all after it only run what is there", async () => {
  expect(await parley(["up"])).toMatchObject({ status: 0, out: "first bundled\n", error: expect.stringContaining("Building the console") });
  const made = bundles();
  for (const args of [["up"], ["status"], ["up"]]) expect(await parley(args)).toEqual(quietly("first bundled"));
  expect(await parley(["install"])).toMatchObject({ status: 0, error: expect.stringMatching(/^Everything .* installed\.\n$/) });
  expect([built(), bundles()]).toEqual([1, made]);
});

test("two first starts at the same time build and bundle once", async () => {
  const runs = await Promise.all([parley(["up"]), parley(["up"])]);
  expect(runs.map(({ out }) => out)).toEqual(["first bundled\n", "first bundled\n"]);
  expect([built(), bundles().length]).toEqual([1, 1]);
});

test("a changed source, or the version in a package's file, is never run as it was", async () => {
  await parley(["install"]);
  program("second");
  expect(await parley(["status"])).toEqual(quietly("second from its source"));
  expect(await parley(["up"])).toEqual(quietly("second bundled"));
  write("packages/cli/package.json", `{"version": "2.0.0", "type": "module"}`);
  expect(await parley(["status"])).toEqual(quietly("second from its source"));
});

test("bundles that are gone or empty are made anew by the next start; until then the sources run", async () => {
  await parley(["install"]);
  rmSync(join(cache(), bundles()[0] as string), { recursive: true });
  expect(await parley(["status"])).toEqual(quietly("first from its source"));
  expect(await parley(["up"])).toEqual(quietly("first bundled"));
  writeFileSync(join(cache(), bundles()[0] as string, "cli-main.mjs"), "");
  expect(await parley(["status"])).toEqual(quietly("first from its source"));
  expect(await parley(["up"])).toEqual(quietly("first bundled"));
});

test.each([
  ["cannot be bundled", `export const never = (): string => import.meta.resolve("not-there"); console.log("sources");`],
  ["does not run as a bundle", `if (import.meta.filename.endsWith(".mjs")) process.exit(3); console.log("sources");`],
])("where a program %s, its sources run, and nothing half made stays", async (_what, source) => {
  write("packages/cli/src/main.ts", source);
  expect(await parley(["up"])).toMatchObject({ status: 0, out: "sources\n", error: expect.stringContaining("warning: compiling ahead failed") });
  expect(bundles().filter((name) => name.endsWith(".new"))).toEqual([]);
});

test("the last bundles stay for a Parley that runs, beside what a bundling that was killed had begun", async () => {
  await parley(["install"]);
  const [first] = bundles() as [string];
  mkdirSync(join(cache(), `${first}.new`));
  program("second");
  await parley(["install"]);
  expect(existsSync(join(cache(), first, "cli-main.mjs"))).toBe(true);
  program("third");
  await parley(["install"]);
  expect(bundles()).not.toContain(first);
  expect(bundles()).not.toContain(`${first}.new`);
  expect(bundles()).toHaveLength(2);
});

/** A copy, because the repository may be where nobody but root may look, as in root's own home. */
function ownNode(): void {
  rmSync(join(home, "node_modules/node"));
  cpSync(realpathSync(join(repository, "node_modules/node/bin/node")), join(home, "node_modules/node/bin/node"));
}

test.runIf(isRoot)("somebody who may write nothing in the checkout runs what was installed, and the sources once these have changed", async () => {
  ownNode();
  await parley(["install"]);
  expect(await parley(["up"], somebody)).toEqual(quietly("first bundled"));
  program("second");
  expect(await parley(["up"], somebody)).toEqual(quietly("second from its source"));
});

test.runIf(isRoot)("the owner of a checkout starts also where root has bundled in it", async () => {
  ownNode();
  await parley(["install"]);
  for (const path of ["", "node_modules", "node_modules/.cache"]) chownSync(join(home, path), somebody, somebody);
  program("second");
  expect(await parley(["up"], somebody)).toEqual(quietly("second from its source"));
});
