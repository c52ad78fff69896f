/** Whoever reads what Parley prints may go away (`./parley up 2>&1 | head`, a log collector that dies): it goes on carrying calls. */
import type { RunningFile } from "@parley/contract/processes";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { startFaultUpstream } from "../harness/fault-upstream.ts";
import { processIds } from "../harness/process-ids.ts";
import { runCommand } from "../harness/run-command.ts";

const answers = (url: string): Promise<boolean> => fetch(url, { headers: { connection: "close" } }).then(({ status }) => status === 200, () => false);

test("with nobody reading its output Parley starts, carries calls, restarts what dies, and drains with 0", { timeout: 120_000 }, async () => {
  await using upstream = await startFaultUpstream();
  const directory = mkdtempSync(join(tmpdir(), "parley-closed-output-"));
  const [data, file] = [join(directory, "data"), join(directory, "parley.yaml")];
  writeFileSync(file, `services: { faulty: { path: /faulty, access: open, upstream: { targets: [{ url: "${upstream.url}" }] } } }\nlogging: { access: { format: json } }\n`);
  const { child, exited } = runCommand(directory, { args: ["up", "--gateway-port", "0", "--admin-port", "0", "--config", file, "--data", data] });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
    rmSync(directory, { recursive: true, force: true });
  });
  // Before the first word: the message of the start has no reader either.
  for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  const running = await eventually(() => JSON.parse(readFileSync(join(data, "running.json"), "utf8")) as RunningFile, { withinMs: 45_000 });
  const call = (): Promise<boolean> => answers(`${running.gatewayUrl}/faulty/status/200`);
  const admin = (): Promise<boolean> => answers(`${running.adminUrl}/readyz`);
  await eventually(async () => (await call()) && (await admin()), { withinMs: 45_000 });

  const ids = (): ReturnType<typeof processIds> => processIds(child.pid ?? 0);
  const before = ids();
  for (const pid of [before.control, before.gateways[0]]) if (typeof pid === "number") process.kill(pid, "SIGKILL");
  const after = await eventually(() => {
    const { control, gateways } = ids();
    return control !== null && control !== before.control && gateways.length === 1 && gateways[0] !== before.gateways[0] ? { control, gateways } : null;
  }, { withinMs: 45_000 });
  await eventually(async () => (await call()) && (await admin()), { withinMs: 45_000 });
  expect(ids()).toMatchObject(after);

  child.kill("SIGTERM");
  expect(await exited).toBe(0);
});
