/** A store that is down never stops calls: the gateway serves from the snapshot that it kept. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startEcho } from "../harness/echo-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

const key = "acme-key-0123456789";

function yaml(upstream: string): string {
  return `services: { notes: { path: /notes, upstream: { targets: [{ url: "${upstream}" }] } } }
consumers: { acme: { keys: [{ name: default, secret: ${key} }] } }
`;
}

function call(parley: Parley): Promise<Response> {
  return fetch(`${parley.gatewayUrl}/notes/1`, { headers: { authorization: `Bearer ${key}` } });
}

test.each(["config.db", "calls.duckdb"])("calls go on when %s cannot be read at the next start (BerriAI/litellm#38121, BerriAI/litellm#34929)", async (database) => {
  await using echo = await startEcho();
  const first = await startParley({ yaml: yaml(echo.url) });
  expect((await call(first)).status).toBe(200);
  expect(await first.stop()).toBe(0);
  for (const suffix of ["", "-wal", "-shm", ".wal"]) writeFileSync(join(first.dataDirectory, database + suffix), "this is no database at all, ".repeat(400));
  await using second = await startParley({ yaml: yaml(echo.url), dataDirectory: first.dataDirectory });
  expect((await call(second)).status).toBe(200);
  expect((await fetch(`${second.gatewayUrl}/.well-known/parley/readyz`)).status).toBe(200);
  await second.stop();
  await first[Symbol.asyncDispose]();
});

test("calls go on while the control plane is away, and a restarted gateway finds its configuration on disk", async () => {
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: yaml(echo.url) });
  expect((await call(parley)).status).toBe(200);
  // Stopped, not dead: it accepts connections and never answers, as a database that hangs would make it do.
  const control = parley.pids().control ?? 0;
  process.kill(control, "SIGSTOP");
  try {
    expect((await call(parley)).status).toBe(200);
    parley.kill("gateway");
    await eventually(async () => (await call(parley)).status === 200);
  } finally {
    process.kill(control, "SIGCONT");
  }
});
