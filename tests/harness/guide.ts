/**
 * A guide of docs/guides as a script: its shell blocks in their order in one shell, its files written where they are shown, and what it says
 * that is printed compared with what is. A block "```yaml parley.yaml" is a file, "```text" is the output of the block before; `…` stands for anything.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { sources } from "./parley-program.ts";

const repository = resolve(import.meta.dirname, "../..");

interface Block {
  language: string;
  file: string | null;
  text: string;
}

export interface GuideStep {
  commands: string;
  /** As the guide has it; null where it shows none. */
  promised: string | null;
  printed: string;
}

export interface GuideRun {
  steps: GuideStep[];
  /** Of the whole shell: 0 where every command succeeded. */
  status: number;
  errors: string;
}

/** `replace` turns the addresses of the guide into free ones. */
export async function runGuide(path: string, directory: string, replace: (text: string) => string): Promise<GuideRun> {
  const blocks = blocksOf(replace(readFileSync(join(repository, path), "utf8")));
  provideCommand(directory);
  const steps = stepsOf(blocks);
  const script = steps.map(({ script: text }, index) => `${text}\necho; echo "--- end of step ${index}"`).join("\n");
  const ran = await runScript(`set -euo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true; wait' EXIT\n${script}\n`, directory);
  return {
    status: ran.status, errors: ran.errors,
    steps: steps.map((step, index) => ({ commands: step.commands, promised: step.promised, printed: printedBy(ran.output, index) })),
  };
}

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, language = "", file, text = ""]) => ({ language, file: file ?? null, text }));
}

function stepsOf(blocks: Block[]): { commands: string; script: string; promised: string | null }[] {
  const steps: { commands: string; script: string; promised: string | null }[] = [];
  let files = "";
  for (const block of blocks) {
    if (block.file !== null) files += `cat > ${block.file} <<'END_OF_FILE'\n${block.text}END_OF_FILE\n`;
    else if (block.language === "sh") {
      steps.push({ commands: block.text, script: files + block.text, promised: null });
      files = "";
    } else if (block.language === "text" && steps.length > 0) (steps.at(-1) as { promised: string }).promised = block.text;
  }
  return steps;
}

/** The command without what it installs and builds: that is not what a guide is about. */
export function provideCommand(directory: string): void {
  const command = join(directory, "repository/parley");
  mkdirSync(dirname(command), { recursive: true });
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" --disable-warning=ExperimentalWarning "${process.env["PARLEY_TESTED_PROGRAM"] ?? sources().module}" "$@"\n`);
  chmodSync(command, 0o755);
  symlinkSync(join(repository, "packages"), join(directory, "repository/packages"));
}

const limitMs = 90_000;

async function runScript(script: string, directory: string): Promise<{ status: number; output: string; errors: string }> {
  const child = spawn("bash", ["-c", script], {
    cwd: directory, detached: true, stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`, HOME: directory, PARLEY: join(directory, "repository"), NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] },
  });
  const killAll = (): void => {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // Its processes are gone, as they should be.
    }
  };
  process.once("exit", killAll);
  const timer = setTimeout(killAll, limitMs);
  const text = { output: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text.output += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text.errors += chunk));
  const status = await new Promise<number>((done) => child.once("close", (code) => done(code ?? -1)));
  clearTimeout(timer);
  process.off("exit", killAll);
  return { status, ...text };
}

/** Of a step that failed, what it printed until then. */
function printedBy(output: string, index: number): string {
  const end = output.indexOf(`--- end of step ${index}\n`);
  const before = `--- end of step ${index - 1}\n`;
  if (index > 0 && !output.includes(before)) return "";
  return output.slice(index === 0 ? 0 : output.indexOf(before) + before.length, end === -1 ? undefined : end).trim();
}

/** Every line of the promise, in its order, each somewhere in what was printed. */
export function keepsPromise({ promised, printed }: GuideStep): boolean {
  if (promised === null) return true;
  const pattern = promised.trim().split("\n").map((line) => line.split("…").map(quoted).join("[\\s\\S]*?")).join("[\\s\\S]*?");
  return new RegExp(pattern).test(printed);
}

function quoted(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
