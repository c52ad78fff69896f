import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.ts";

let home: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "parley-bundles-")));
  write("package.json", `{"type": "module"}`);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

async function run(...names: string[]): Promise<string[]> {
  const files = await bundle(home, "packages/one/src/main.ts", join(home, "out/programs"));
  const outputs = names.map(async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, [files.find((file) => file.endsWith(`/${name}.mjs`)) ?? `no ${name}`], { cwd: "/" });
    return stdout;
  });
  return Promise.all(outputs);
}

test("a module in a bundle finds what lies beside its source", async () => {
  write("packages/one/src/words/said.txt", "from the file");
  write("packages/one/src/words/said.ts", `import { readFileSync } from "node:fs"; export const said: string = readFileSync(new URL("./said.txt", import.meta.url), "utf8") + " in " + import.meta.dirname;`);
  write("packages/one/src/main.ts", `import { said } from "./words/said.ts"; import { normalize } from "node:path"; console.log(normalize(said));`);
  expect(await run("one-main")).toEqual([`from the file in ${join(home, "packages/one/src/words")}\n`]);
});

test("what a module starts as a process or as a thread is a bundle of its own", async () => {
  write("packages/one/package.json", `{"name": "@a/one", "type": "module"}`);
  write("packages/two/package.json", `{"name": "@a/two", "type": "module", "exports": {"./main": "./src/main.ts"}}`);
  write("packages/two/src/main.ts", `console.log("the process");`);
  write("packages/one/src/deep/thread.ts", `import { parentPort } from "node:worker_threads"; parentPort?.postMessage("the thread");`);
  write("packages/one/src/main.ts", `
    import { Worker } from "node:worker_threads"; import { execFileSync } from "node:child_process"; import { fileURLToPath } from "node:url"; import { basename } from "node:path";
    const process_ = fileURLToPath(import.meta.resolve("@a/two/main")), thread = new URL("./deep/thread.ts", import.meta.url);
    console.log(basename(process_), basename(thread.pathname));
    console.log(execFileSync(process.execPath, [process_], { encoding: "utf8" }).trim());
    new Worker(thread).on("message", (text: string) => console.log(text));`);
  mkdirSync(join(home, "node_modules/@a"), { recursive: true });
  symlinkSync(join(home, "packages/two"), join(home, "node_modules/@a/two"));
  expect(await run("one-main")).toEqual(["two-main.mjs one-deep-thread.mjs\nthe process\nthe thread\n"]);
});

test("a program that shares a module with another never runs the other", async () => {
  write("packages/one/src/shared.ts", `export const shared: string = "shared";`);
  write("packages/one/src/later.ts", `import { shared } from "./shared.ts"; export const later = shared + " later";`);
  write("packages/one/src/thread.ts", `import { shared } from "./shared.ts"; console.log("the thread runs", shared);`);
  write("packages/one/src/main.ts", `export const thread: URL = new URL("./thread.ts", import.meta.url); console.log((await import("./later.ts")).later);`);
  expect(await run("one-main", "one-thread")).toEqual(["shared later\n", "the thread runs shared\n"]);
});
