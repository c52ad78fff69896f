import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { expect, test } from "vitest";
import { giveWay } from "./give-way.ts";

test("every thread of a process gives way, and so does its session where Linux shares by sessions", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('runs')"], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(child.stdout, "data");
    const pid = child.pid as number;
    giveWay(pid);
    expect(readdirSync(`/proc/${pid}/task`).map((thread) => getPriority(Number(thread)))).toSatisfy((all: number[]) => all.length > 1 && all.every((nice) => nice === 5));
    if (existsSync(`/proc/${pid}/autogroup`)) expect(readFileSync(`/proc/${pid}/autogroup`, "latin1")).toMatch(/nice 5$/m);
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
});

test("a process that has ended is left alone", async () => {
  const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  await once(child, "close");
  expect(() => giveWay(child.pid as number)).not.toThrow();
});
