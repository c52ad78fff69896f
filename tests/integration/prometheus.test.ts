/** Metrics as Prometheus's own programs see them: its checker finds nothing, and a server scrapes and answers. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { documentUpstream } from "../harness/document-upstream.ts";
import { endingWithUs } from "../harness/ending-with-us.ts";
import { eventually } from "../harness/eventually.ts";
import { freePort } from "../harness/free-port.ts";
import { startParley } from "../harness/start-parley.ts";

/** Debian's package `prometheus` has both. */
const programs = ["prometheus", "promtool"].map((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path)));
const [prometheus, promtool] = programs;

test.skipIf(!prometheus || !promtool)("promtool finds nothing to say, and a Prometheus server scrapes calls, conflicts, tokens and alerts", async () => {
  await using upstream = await documentUpstream();
  await using parley = await startParley({
    yaml: `services: { notes: { path: /notes, upstream: { targets: [{ url: "${upstream.url}" }] }, access: open } }
ai: { access: open, providers: { sandbox: {} } }
alerts: { many: { when: { metric: calls, above: 1000000 }, notify: [] } }\n`,
  });
  await fetch(`${parley.gatewayUrl}/notes/1`);
  await fetch(`${parley.gatewayUrl}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model: "sandbox/echo", messages: [{ role: "user", content: "hello" }] }) });
  await eventually(async () => (await (await parley.admin("/api/calls")).json() as { items: unknown[] }).items.length === 2);
  const checked = spawnSync(promtool ?? "", ["check", "metrics"], { input: await (await parley.admin("/metrics")).text(), encoding: "utf8" });
  expect([checked.status, checked.stdout, checked.stderr]).toEqual([0, "", ""]);

  const folder = mkdtempSync(join(tmpdir(), "parley-prometheus-"));
  const port = await freePort();
  const { host } = new URL(parley.adminUrl);
  writeFileSync(join(folder, "prometheus.yml"), JSON.stringify({ scrape_configs: [{ job_name: "parley", scrape_interval: "1s", authorization: { credentials: parley.adminToken }, static_configs: [{ targets: [host] }] }] }));
  const server = spawn(...endingWithUs(prometheus ?? "", [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`]), { stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  try {
    const ask = async (query: string): Promise<string | undefined> => {
      const answer = (await (await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`)).json()) as { data: { result: { value: [number, string] }[] } };
      return answer.data.result[0]?.value[1];
    };
    expect(await eventually(() => ask('up{job="parley"}'), { withinMs: 60_000 })).toBe("1");
    expect(await eventually(() => ask('sum(parley_calls_total{service="notes"})'))).toBe("1");
    expect(await ask("sum(parley_calls_total)")).toBe("2");
    expect(await ask('parley_alert_firing{alert="many"}')).toBe("0");
    expect(Number(await ask("histogram_quantile(0.5, sum by (le) (parley_call_duration_seconds_bucket))"))).toBeGreaterThan(0);
  } finally {
    server.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
