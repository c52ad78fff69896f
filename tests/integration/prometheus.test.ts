/** Metrics as Prometheus's own programs see them: its checker finds nothing, and a server scrapes and answers. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { documentUpstream } from "../harness/document-upstream.ts";
import { endingWithUs } from "../harness/ending-with-us.ts";
import { eventually } from "../harness/eventually.ts";
import { freePort } from "../harness/free-port.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

/** Debian's package `prometheus` has both, and `./parley test` installs it. */
const programs = ["prometheus", "promtool"].map((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path)));
const [prometheus, promtool] = programs;
const here = !prometheus || !promtool ? test.skip : test;

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

here("promtool finds nothing to say, and a Prometheus server scrapes calls, conflicts, tokens and alerts", async () => {
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

  await using server = await scraping(parley);
  const ask = async (query: string): Promise<string | undefined> => (await server.query(query)).find(() => true)?.value[1];
  expect(await eventually(() => ask('up{job="parley"}'), { withinMs: 60_000 })).toBe("1");
  expect(await eventually(() => ask('sum(parley_calls_total{service="notes"})'))).toBe("1");
  expect(await ask("sum(parley_calls_total)")).toBe("2");
  expect(await eventually(() => ask('parley_alert_firing{alert="many"}'))).toBe("0");
  expect(Number(await ask("histogram_quantile(0.5, sum by (le) (parley_call_duration_seconds_bucket))"))).toBeGreaterThan(0);
}, 120_000);

here("every panel of the Grafana dashboard draws something, and a latency leads to the trace of a call", async () => {
  await using upstream = await documentUpstream();
  await using parley = await startParley({
    yaml: `services:
  notes: { path: /notes, upstream: { targets: [{ url: "${upstream.url}" }] }, access: open, conflict: { mode: require } }
  down: { path: /down, upstream: { targets: [{ url: "http://127.0.0.1:9" }] }, access: open }
  little: { path: /little, upstream: { targets: [{ url: "${upstream.url}" }] }, access: open, limits: [{ requests: 1, per: 1h }] }
ai: { access: open, providers: { sandbox: {} } }\n`,
  });
  await using server = await scraping(parley);
  const headers = { "content-type": "application/json" };
  const call = async (): Promise<void> => {
    for (const path of ["/notes/1", "/down/1", "/little/1"]) await fetch(`${parley.gatewayUrl}${path}`);
    await fetch(`${parley.gatewayUrl}/notes/1`, { method: "PUT", headers, body: "{}" });
    await fetch(`${parley.gatewayUrl}/notes/1`, { method: "PUT", headers: { ...headers, "if-match": '"of long ago"' }, body: "{}" });
    await fetch(`${parley.gatewayUrl}/v1/chat/completions`, { method: "POST", headers, body: JSON.stringify({ model: "sandbox/echo", messages: [{ role: "user", content: "hello" }] }) });
  };
  await call();
  await call();
  const { panels } = JSON.parse(readFileSync(new URL("../../docs/grafana-dashboard.json", import.meta.url), "utf8")) as Dashboard;
  expect(panels.length).toBeGreaterThan(8);
  for (const { title, targets } of panels) {
    for (const { expr } of targets) {
      const drawn = await eventually(async () => (await server.query(expr.replaceAll("$__rate_interval", "1m"))).length > 0, { withinMs: 30_000 }).catch((error: unknown) => error);
      expect([title, expr, drawn]).toEqual([title, expr, true]);
    }
  }
  const { items } = (await (await parley.admin("/api/calls?limit=100")).json()) as { items: { traceId: string }[] };
  const exemplars = await eventually(async () => {
    const found = (await server.ask(`query_exemplars?query=parley_call_duration_seconds_bucket&start=${Date.now() / 1_000 - 600}&end=${Date.now() / 1_000 + 60}`)) as { exemplars: { labels: { trace_id: string } }[] }[];
    return found.length > 0 ? found.flatMap((series) => series.exemplars) : null;
  });
  const traces = items.map(({ traceId }) => traceId);
  for (const { labels } of exemplars) expect(traces).toContain(labels.trace_id);
}, 180_000);

interface Scraping extends AsyncDisposable {
  ask(path: string): Promise<unknown>;
  /** What a query is now; refused where it cannot be read. */
  query(query: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
}

/** A Prometheus server on a port and a folder of its own that asks this Parley every second. */
async function scraping(parley: Parley): Promise<Scraping> {
  const folder = mkdtempSync(join(tmpdir(), "parley-prometheus-"));
  const port = await freePort();
  const { host } = new URL(parley.adminUrl);
  writeFileSync(join(folder, "prometheus.yml"), JSON.stringify({ scrape_configs: [{ job_name: "parley", scrape_interval: "1s", authorization: { credentials: parley.adminToken }, static_configs: [{ targets: [host] }] }] }));
  const server = spawn(...endingWithUs(prometheus ?? "", [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`, "--enable-feature=exemplar-storage"]), { stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const ask = async (path: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const { data, error } = (await answer.json()) as { data: unknown; error?: string };
    if (!answer.ok) throw new Error(error ?? `${answer.status}`);
    return data;
  };
  return {
    ask,
    query: async (query) => ((await ask(`query?query=${encodeURIComponent(query)}`)) as { result: { metric: Record<string, string>; value: [number, string] }[] }).result,
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
