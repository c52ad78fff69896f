/** Wherever the data directory is put where it cannot be, the start says at once what is in the way, and nothing is left behind. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectAnswer, prepareDataDirectory } from "./data-directory.ts";
import type { StartError } from "./start-error.ts";
import { folderTrouble } from "./unusable-folder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(path: string): Promise<StartError> {
  return prepareDataDirectory(path).then(() => Promise.reject(new Error(`${path} was taken`)), (error: StartError) => error);
}

test("makes what is missing above it, for this user only", async () => {
  const root = join(folder, "a", "b", "data");
  expect((await prepareDataDirectory(root)).root).toBe(root);
  expect(existsSync(join(root, "spool"))).toBe(true);
  expect(statSync(root).mode & 0o777).toBe(0o700);
});

test("closes a folder that was made for it, and leaves one alone that others use", async () => {
  const [made, shared] = [join(folder, "made"), join(folder, "shared")];
  for (const path of [made, shared]) {
    mkdirSync(path);
    chmodSync(path, 0o755);
  }
  writeFileSync(join(shared, "theirs"), "");
  await prepareDataDirectory(made);
  await prepareDataDirectory(shared);
  expect([made, shared].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o755]);
  expect(statSync(join(shared, "spool")).mode & 0o777).toBe(0o700);
});

test("what the start would refuse is known without making anything", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  expect(folderTrouble(join(file, "data"))?.why).toBe((await refusal(join(file, "data"))).message.split("cannot be used: ")[1]);
  expect(folderTrouble(join(folder, "not", "there"))).toBeNull();
  expect(existsSync(join(folder, "not"))).toBe(false);
});

test.runIf(existsSync("/proc/self"))("ends where nothing can be made, instead of trying for ever", async () => {
  expect(await refusal("/proc/parley")).toMatchObject({ code: "data-unusable", message: "the data directory /proc/parley cannot be used: nothing can be made in /proc" });
  expect((await refusal("/proc/parley/deeper/data")).message).toContain("nothing can be made in /proc");
});

test("names the file that is in the way, at the end of the path or above it", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  expect((await refusal(file)).message).toContain(`cannot be used: ${file} is not a directory`);
  expect((await refusal(join(file, "data"))).message).toContain(`cannot be used: ${file} is not a directory`);
});

test("names a symbolic link that leads nowhere, or back to itself, and follows a good one", async () => {
  symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
  expect((await refusal(join(folder, "dangling"))).message).toContain(`dangling is a symbolic link to ${join(folder, "nowhere")}, which is not there`);
  symlinkSync(join(folder, "loop"), join(folder, "loop"));
  expect((await refusal(join(folder, "loop"))).message).toContain("leads back to itself");
  mkdirSync(join(folder, "real"));
  symlinkSync(join(folder, "real"), join(folder, "good"));
  await prepareDataDirectory(join(folder, "good"));
  expect(existsSync(join(folder, "real", "spool"))).toBe(true);
});

test("names a folder that this user may not write in, and who this user is", () => {
  const theirs = join(folder, "theirs");
  mkdirSync(theirs);
  chmodSync(folder, 0o755);
  chmodSync(theirs, 0o555);
  const isRoot = process.getuid?.() === 0;
  // Root is refused nothing, and becomes somebody else only here: that user may not be able to read where this repository lies.
  const becomeSomebody = isRoot ? "process.setgid(65534); process.setuid(65534);" : "";
  const program = `import(${JSON.stringify(resolve(import.meta.dirname, "data-directory.ts"))}).then(({ prepareDataDirectory }) => { ${becomeSomebody} return prepareDataDirectory(${JSON.stringify(join(theirs, "data"))}); }).catch(({ message, fix }) => console.log(message, fix))`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", program], { cwd: "/", encoding: "utf8" });
  expect([stdout, stderr].join("")).toContain(`this user (${isRoot ? 65_534 : process.getuid?.()}) may not write in ${theirs} Make this user its owner (chown)`);
});

test("compiled code that others could have written is not run: its folder is made anew, and one that is ours alone is kept", async () => {
  const compiled = join(folder, "compile-cache");
  await prepareDataDirectory(folder);
  writeFileSync(join(compiled, "own"), "");
  await prepareDataDirectory(folder);
  expect(existsSync(join(compiled, "own"))).toBe(true);
  chmodSync(compiled, 0o777);
  writeFileSync(join(compiled, "planted"), "");
  await prepareDataDirectory(folder);
  expect(readdirSync(compiled)).toEqual([]);
  expect(statSync(compiled).mode & 0o777).toBe(0o700);
});

test("a link in the place of compiled code is taken away, and what it leads to is left alone", async () => {
  const [compiled, elsewhere] = [join(folder, "compile-cache"), join(folder, "elsewhere")];
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "theirs"), "");
  symlinkSync(elsewhere, compiled);
  await prepareDataDirectory(folder);
  expect(lstatSync(compiled).isDirectory()).toBe(true);
  expect(existsSync(join(elsewhere, "theirs"))).toBe(true);
});

test("refuses a name that no file of the call log can have, before anything is made", async () => {
  const root = join(folder, "what?", "data");
  expect((await refusal(root)).message).toContain("its name has a question mark");
  expect(folderTrouble(root)?.why).toContain("its name has a question mark");
  expect(existsSync(join(folder, "what?"))).toBe(false);
});

test("gives up on a file system that does not answer, and says so", async () => {
  await expect(expectAnswer("/mnt/gone", new Promise(() => undefined), 20)).rejects.toMatchObject({ code: "data-unusable", message: expect.stringContaining("its file system has not answered for 0.02 s") as string });
  await expect(expectAnswer("/mnt/there", Promise.reject(new Error("ENOENT")), 60_000)).resolves.toBeUndefined();
});
