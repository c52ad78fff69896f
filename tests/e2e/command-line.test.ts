/** The command line as a program and as a person use it: at once, without questions, and readable by machines when it fails, too. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parleyCommand } from "../harness/run-command.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const execute = promisify(execFile);
const home = resolve(import.meta.dirname, "../..");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-command-line-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of the program and everything that it starts; not by the wall's clock, which others on the machine share. */
async function cpuSeconds(command: string): Promise<number> {
  const { stdout } = await execute("bash", ["-c", `${command} > /dev/null; times`]);
  const [user = 0, system = 0] = (stdout.trim().split("\n").at(-1) ?? "").split(" ").map((part) => Number(/^0m([\d.]+)s$/.exec(part)?.[1] ?? 60));
  return user + system;
}

test("23 the first output costs at most four times what an empty program costs Node, launcher included: a tenth of a second where that is 25 ms", async () => {
  const [help, empty]: [number[], number[]] = [[], []];
  for (let round = 0; round < 6; round++) {
    help.push(await cpuSeconds(`"${home}/parley" --help`));
    empty.push(await cpuSeconds(`"${process.execPath}" -e 0`));
  }
  expect(Math.min(...help) / Math.min(...empty)).toBeLessThan(4);
});

test.each([
  ["a command that there is not", ["plna"]],
  ["an option that lacks its value", ["plan"]],
  ["a value that is none", ["calls", "--limit", "many"]],
  ["nothing that runs", ["status", "--data", "nowhere"]],
  ["nothing to ask", ["calls", "--data", "nowhere"]],
  ["a code that there is not", ["explain", "not-a-code"]],
  ["a shell that there is not", ["completion", "tcsh"]],
  ["a file that there is not", ["check", "nowhere.yaml"]],
  ["a plan of a file that there is not", ["plan", "-f", "nowhere.yaml", "--data", "nowhere"]],
  ["an agent that there is not", ["connect", "emacs", "--data", "nowhere"]],
])("23 with --json a failure is one JSON document: %s", async (_, words) => {
  const { status, out, error } = await parleyCommand([...words, "--json"], {}, folder);
  expect(status).toBe(1);
  const document = JSON.parse(out === "" ? error : out) as { error?: { code: string; message: string }; diagnostics?: { code: string }[] };
  expect(document.error?.code ?? document.diagnostics?.[0]?.code).toMatch(/^[a-z-]+$/);
});

test("23 no command waits for an answer where nobody can give one: everything ends with its input closed", async () => {
  writeFileSync(join(folder, "parley.yaml"), "gateway: { port: 0 }\n");
  for (const words of [["doctor", "--data", "nowhere"], ["apply", "-f", "parley.yaml", "--data", "nowhere"], ["admin", "reset", "--data", "nowhere"], ["connect", "codex", "--data", "nowhere"]]) {
    expect((await parleyCommand(words, {}, folder)).status).toBe(1);
  }
});

test("22 a typing mistake is answered with its line, its column, a caret, the nearest name, and a code that is explained", async () => {
  const file = join(folder, "typo.yaml");
  writeFileSync(file, "services:\n  notes:\n    pth: /notes\n");
  const { status, out } = await parleyCommand(["check", file], {}, folder);
  expect(status).toBe(1);
  expect(out).toContain(`${file}:3:5`);
  expect(out).toMatch(/^\s*\|?\s+\^+/m);
  expect(out).toContain('did you mean "path"?');
  const code = /\[([a-z-]+)\]/.exec(out)?.[1] ?? "";
  expect(await parleyCommand(["explain", code], {}, folder)).toMatchObject({ status: 0, out: expect.stringContaining("Fix:") });
});

test("check takes its file as plan and up take theirs, and one file alone", async () => {
  const file = join(folder, "good.yaml");
  writeFileSync(file, "gateway: { port: 0 }\n");
  for (const words of [[file], ["-f", file], ["--file", file], ["-c", file], ["--config", file]]) {
    expect(await parleyCommand(["check", ...words], {}, folder), words.join(" ")).toMatchObject({ status: 0, out: expect.stringContaining(`${file} is valid`) });
  }
  for (const words of [[], [file, "-f", "other.yaml"]]) {
    const { status, error } = await parleyCommand(["check", ...words, "--json"], {}, folder);
    expect({ status, code: (JSON.parse(error) as { error: { code: string } }).error.code }).toEqual({ status: 1, code: "usage" });
  }
});
