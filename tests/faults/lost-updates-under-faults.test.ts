/**
 * Many clients read, change and write counters and documents of an upstream that compares nothing, while processes are killed and stopped, answers get
 * lost, the upstream acts late and clients hang up. The history checker judges: every acknowledged write has to be in what is there at the end.
 */
import { expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { type Incoming, startVersionedUpstream, type VersionedUpstream } from "../harness/versioned-upstream.ts";
import type { NamedWrite } from "../history-checker/history.ts";
import { findLostUpdates } from "../history-checker/lost-updates.ts";

const key = "ann-key-0123456789";
const resources = ["/counters/1", "/counters/2", "/documents/1", "/documents/2"];
const clients = 8;
const acknowledgedByEach = 14;

interface Version {
  id: string;
  n: number;
}

/** The same faults at the same writes in every run; what meets what is up to the machine. */
function startMischief(upstream: VersionedUpstream): { counts: Record<string, number> } {
  const counts = { "answer lost": 0, "request lost": 0, "acts late": 0 };
  let puts = 0;
  upstream.takes = (incoming) => {
    if (incoming.method !== "PUT") return false;
    puts += 1;
    if (puts % 17 === 5) return lose(incoming, { applied: true, counts });
    if (puts % 17 === 11) return lose(incoming, { applied: false, counts });
    if (puts % 23 !== 7) return false;
    counts["acts late"] += 1;
    // Past the gateway's patience of 500 ms, and inside the rest.
    setTimeout(() => {
      incoming.apply();
      incoming.answer();
    }, 800);
    return true;
  };
  return { counts };
}

function lose(incoming: Incoming, how: { applied: boolean; counts: Record<string, number> }): true {
  const name = how.applied ? "answer lost" : "request lost";
  how.counts[name] = (how.counts[name] ?? 0) + 1;
  if (how.applied) incoming.apply();
  incoming.request.socket.destroy();
  return true;
}

interface Run {
  parley: Parley;
  writes: NamedWrite[];
}

/** What the client may conclude from the answer; no answer and 5xx say nothing. */
function outcomeOf(status: number): NamedWrite["outcome"] {
  return status === 204 ? "acknowledged" : status >= 400 && status < 500 ? "refused" : "unknown";
}

async function work(run: Run, name: string): Promise<void> {
  for (let done = 0, turn = 0; done < acknowledgedByEach; turn += 1) {
    const path = resources[(turn + name.length) % resources.length] as string;
    const outcome = await change(run, path, `${name}-${turn}`).catch(() => "unread" as const);
    if (outcome === "acknowledged") done += 1;
    // The gateway is away, or the resource rests.
    else if (outcome !== "refused") await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function change({ parley, writes }: Run, path: string, id: string): Promise<NamedWrite["outcome"]> {
  const url = `${parley.gatewayUrl}/notes${path}`;
  const read = await fetch(url, { headers: { "x-api-key": key } });
  if (read.status !== 200) throw new Error(`a read was answered with ${read.status}`);
  const before = (await read.json()) as Version;
  const write: NamedWrite = { key: path, id, predecessor: before.id, outcome: "unknown" };
  writes.push(write);
  // Some hang up before they can have an answer.
  const signal = writes.length % 19 === 3 ? AbortSignal.timeout(5) : AbortSignal.timeout(20_000);
  const headers = { "x-api-key": key, "content-type": "application/json", "if-match": String(read.headers.get("etag")), ...(writes.length % 3 === 0 ? { "idempotency-key": `"${id}"` } : {}) };
  const answer = await fetch(url, { method: "PUT", signal, headers, body: JSON.stringify({ id, n: before.n + 1 }) }).catch(() => null);
  if (answer !== null) write.outcome = outcomeOf(answer.status);
  await answer?.text().catch(() => "");
  return write.outcome;
}

async function disturb(run: Run, isOver: () => boolean): Promise<{ killed: number; stopped: number }> {
  const done = { killed: 0, stopped: 0 };
  const acknowledged = (): number => run.writes.filter((write) => write.outcome === "acknowledged").length;
  for (let next = 15; !isOver(); next += 20) {
    await eventually(() => isOver() || acknowledged() >= next, { withinMs: 60_000 });
    if (isOver()) break;
    const [gateway] = run.parley.pids().gateways;
    if (gateway === undefined) continue;
    if (done.killed <= done.stopped) {
      done.killed += 1;
      process.kill(gateway, "SIGKILL");
    } else {
      done.stopped += 1;
      process.kill(gateway, "SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, 700));
      process.kill(gateway, "SIGCONT");
    }
  }
  return done;
}

async function restsOver({ parley }: Run): Promise<void> {
  for (const path of resources) {
    const url = `${parley.gatewayUrl}/notes${path}`;
    await eventually(async () => {
      const read = await fetch(url, { headers: { "x-api-key": key } });
      const body = await read.text();
      // Writes what is there already, to see that it can be written.
      return (await fetch(url, { method: "PUT", body, headers: { "x-api-key": key, "content-type": "application/json", "if-match": String(read.headers.get("etag")) } })).status === 204;
    });
  }
}

interface Judged extends Run {
  violations: ReturnType<typeof findLostUpdates>;
  ends: Map<string, Version>;
}

async function start(upstream: VersionedUpstream, mode: "require" | "off"): Promise<Parley> {
  for (const path of resources) upstream.kept.set(path, JSON.stringify({ id: `start of ${path}`, n: 0 }));
  return startParley({
    yaml: `services:
  notes: { path: /notes, upstream: { targets: [{ url: "${upstream.url}" }], timeouts: { connect: 500ms, firstByte: 500ms, idle: 500ms } }, conflict: { mode: "${mode}", locks: { delay: 1s } } }
consumers:
  ann: { keys: [{ name: default, secret: ${key} }] }
`,
  });
}

const firstWrites = (): NamedWrite[] => resources.map((path) => ({ key: path, id: `start of ${path}`, predecessor: null, outcome: "acknowledged" }));

async function allWork(run: Run): Promise<void> {
  await Promise.all(Array.from({ length: clients }, (_, index) => work(run, "c".repeat(index + 1))));
}

function judged(run: Run, upstream: VersionedUpstream): Judged {
  const ends = new Map(resources.map((path) => [path, JSON.parse(String(upstream.kept.get(path))) as Version]));
  return { ...run, ends, violations: findLostUpdates(run.writes, new Map([...ends].map(([path, { id }]) => [path, id]))) };
}

test("no acknowledged write of many clients is lost under kill -9, stops, lost answers, late upstreams and clients that hang up", { timeout: 120_000 }, async () => {
  await using upstream = await startVersionedUpstream();
  await using parley = await start(upstream, "require");
  const run: Run = { parley, writes: firstWrites() };
  const { counts } = startMischief(upstream);
  let over = false;
  const disturbing = disturb(run, () => over);
  await allWork(run).finally(() => (over = true));
  const disturbed = await disturbing;
  upstream.takes = null;
  await restsOver(run);

  const { violations, ends, writes } = judged(run, upstream);
  expect(violations).toEqual([]);
  for (const [path, end] of ends) expect(end.n, path).toBe(ancestors(writes, end.id));
  // The run was worth something: all of it happened, and writes met.
  expect(Math.min(disturbed.killed, disturbed.stopped, ...Object.values(counts))).toBeGreaterThan(0);
  for (const outcome of ["acknowledged", "refused", "unknown"]) expect(writes.filter((write) => write.outcome === outcome).length, outcome).toBeGreaterThan(3);
});

test("the same clients are found to lose updates where nothing guards them, without any fault", { timeout: 60_000 }, async () => {
  await using upstream = await startVersionedUpstream();
  await using parley = await start(upstream, "off");
  const run: Run = { parley, writes: firstWrites() };
  await allWork(run);
  expect(judged(run, upstream).violations).not.toEqual([]);
});

/** How many versions came before this one. */
function ancestors(writes: readonly NamedWrite[], end: string): number {
  const byId = new Map(writes.map((write) => [write.id, write]));
  let length = 0;
  for (let at = byId.get(end); at?.predecessor; at = byId.get(at.predecessor)) length += 1;
  return length;
}
