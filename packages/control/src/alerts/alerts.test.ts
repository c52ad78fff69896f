/** Alerts at work: told once, surely, and not while they are silenced. */
import { openEmbeddedConfigStore } from "@parley/stores/embedded/config-store";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { atWork, calls, hourMs, minuteMs, now, recorded, type AtWork, type AtWorkOptions, type Recorded } from "./incidents.test-support.ts";
import type { AlertNews } from "./message.ts";
import type { StateSources } from "./state-readings.ts";

let incident: Recorded;
let works: AtWork[] = [];
/** Every call fails from here on, for an hour. */
const begin = now - 2 * hourMs;
const end = begin + hourMs;
const rule: AtWorkOptions["rules"][string] = { when: { metric: "errors", above: 0, window: "1m" }, notify: ["ops"] };

beforeAll(async () => {
  incident = await recorded([...calls({ from: begin, to: end, everyMs: 10_000 }, (number) => ({ status: 500, cause: number % 2 === 0 ? "lost-update" : "busy" })), ...calls({ from: begin - hourMs, to: begin, everyMs: 60_000 }, () => ({ cause: "busy" }))]);
}, 120_000);
afterEach(async () => {
  for (const work of works) await work.close();
  works = [];
});
afterAll(() => incident.close());

async function start(options: Partial<AtWorkOptions> = {}): Promise<AtWork> {
  const work = await atWork({ callLog: incident.callLog, begin, rules: { failing: rule }, ...options });
  works.push(work);
  return work;
}

type AtWorkSources = Omit<StateSources, "callLog">;

const minutes = (number: number): number => begin + number * minuteMs;
const kindsOf = async (work: AtWork): Promise<string[]> => (await work.store.alerts.events({ limit: 100 })).map(({ kind }) => kind).toReversed();

test("is told once when it begins and once when it ends, and repeated only where that is asked for", async () => {
  const work = await start({ rules: { failing: rule, again: { ...rule, repeat: "20m", notify: ["ops"] } } });
  for (let minute = 1; minute <= 70; minute++) await work.lookAt(minutes(minute));
  await work.stop();
  const told = (name: string): string[] => work.messages.flatMap(({ alerts }) => alerts.filter(({ alert }) => alert === name).map(({ state }) => state));
  expect(told("failing")).toEqual(["firing", "resolved"]);
  expect(told("again")).toEqual(["firing", "repeated", "repeated", "resolved"]);
});

test("the link of an end leads to the calls of the whole firing, and not to those after it", async () => {
  const work = await start();
  for (let minute = 1; minute <= 70; minute++) await work.lookAt(minutes(minute));
  await work.stop();
  const [began, ended] = work.messages.flatMap(({ alerts }) => alerts) as [AlertNews, AlertNews];
  const timesOfLink = ({ link }: AlertNews): number[] => ["from", "to"].map((name) => Number(new URL(link).searchParams.get(name)));
  expect(timesOfLink(ended)).toEqual([timesOfLink(began)[0], ended.at]);
  expect(ended.query).toContain(`at:${timesOfLink(began)[0]}..${ended.at}`);
});

test("puts what begins at the same moment into one message a channel, and gives PagerDuty an incident each", async () => {
  const channels = { ops: { webhook: "http://example.com/" }, duty: { pagerduty: { routingKey: "k" } } };
  const both = { ...rule, notify: ["ops", "duty"] };
  const work = await start({ rules: { one: both, two: both }, channels });
  await work.lookAt(minutes(2));
  await work.stop();
  expect(work.messages.map(({ channel, alerts }) => [channel, alerts.map(({ alert }) => alert)])).toEqual(expect.arrayContaining([["ops", ["one", "two"]], ["duty", ["one"]], ["duty", ["two"]]]));
  expect(work.messages).toHaveLength(3);
});

test("a message that was not delivered is sent after a restart, under the same id, and once", async () => {
  const store = openEmbeddedConfigStore(":memory:");
  const seen: string[] = [];
  const down = await start({ store, answer: (message) => (seen.push(message.id), { delivered: false, status: 503, detail: "later" }) });
  await down.lookAt(minutes(2));
  await down.stop();
  expect(seen).toHaveLength(1);
  expect((await store.alerts.events({ limit: 1 }))[0]?.deliveries).toMatchObject([{ state: "waiting", attempts: 1, error: "503: later" }]);
  const up = await start({ store, begin: minutes(3) });
  await up.alerts.start();
  await up.lookAt(minutes(4));
  await up.stop();
  expect(up.messages.map(({ id, alerts }) => [id, alerts[0]?.state])).toEqual([[seen[0], "firing"]]);
  expect(await kindsOf(up)).toEqual(["firing"]);
  await store.close();
});

test("a silence keeps messages back and not the history; what still fires when it ends is told then", async () => {
  const work = await start();
  await work.alerts.silence("failing", { name: "ann" }, { until: minutes(10), reason: "we know" });
  for (let minute = 1; minute <= 9; minute++) await work.lookAt(minutes(minute));
  expect(work.alerts.stateOf("failing")).toMatchObject({ state: "firing", silenced: { by: "ann", reason: "we know" } });
  expect(work.messages).toEqual([]);
  await work.lookAt(minutes(10));
  await work.stop();
  expect(work.alerts.stateOf("failing")?.silenced).toBeNull();
  expect(work.messages.map(({ alerts }) => alerts[0]?.state)).toEqual(["repeated"]);
  expect(await kindsOf(work)).toEqual(["silenced", "firing", "repeated"]);
});

test("nobody is told of the end of what nobody was told of", async () => {
  const work = await start();
  await work.alerts.silence("failing", { name: "ann" }, { until: minutes(63), reason: "" });
  for (let minute = 1; minute <= 70; minute++) await work.lookAt(minutes(minute));
  await work.stop();
  expect(work.messages).toEqual([]);
  expect(await kindsOf(work)).toEqual(["silenced", "firing", "resolved"]);
});

test("an acknowledged alert is not repeated, and firing again is news", async () => {
  const work = await start({ rules: { failing: { ...rule, repeat: "1m" } } });
  expect(await work.alerts.acknowledge("failing", { name: "ann" })).toBeNull();
  await work.lookAt(minutes(2));
  expect(await work.alerts.acknowledge("failing", { name: "ann" })).toMatchObject({ state: "firing", acknowledged: { by: "ann" } });
  for (let minute = 3; minute <= 20; minute++) await work.lookAt(minutes(minute));
  await work.lookAt(end + hourMs);
  await work.lookAt(minutes(30));
  await work.stop();
  expect(work.messages.map(({ alerts }) => alerts[0]?.state)).toEqual(["firing", "resolved", "firing"]);
  expect(work.alerts.stateOf("failing")?.acknowledged).toBeNull();
});

test("a channel that wants no endings gets none", async () => {
  const work = await start({ channels: { ops: { webhook: "http://example.com/", resolved: false } } });
  await work.lookAt(minutes(2));
  await work.lookAt(end + 5 * minuteMs);
  await work.stop();
  expect(work.messages.map(({ alerts }) => alerts[0]?.state)).toEqual(["firing"]);
});

test("what cannot be measured changes nothing: a firing alert goes on, and says so", async () => {
  let broken = false;
  const callLog = { ...incident.callLog, groups: ((...asked) => (broken ? Promise.reject(new Error("the engine is down")) : incident.callLog.groups(...asked))) as typeof incident.callLog.groups };
  const work = await start({ callLog });
  await work.lookAt(minutes(2));
  broken = true;
  await work.lookAt(minutes(5));
  await work.stop();
  expect(work.alerts.stateOf("failing")).toMatchObject({ state: "firing", value: null, reason: "it could not be measured: the engine is down" });
  expect(work.messages).toHaveLength(1);
});

test("overlapping edits, targets out of rotation, certificates, budgets, the disk and new causes have values and reasons", async () => {
  const when = (metric: string) => ({ when: { metric: metric as never }, notify: ["ops"] });
  const work = await start({
    begin: minutes(3),
    rules: { edits: when("overlapping_edits"), out: when("targets_out"), certificates: when("certificate_days"), budgets: when("budget_used"), causes: when("new_conflict_cause"), disk: when("disk_free") },
    sources: {
      potential: async () => [{ service: "notes", resource: "/notes/7", consumers: ["ann", "bob"] } as never],
      targets: async () => [{ service: "notes", target: "http://a", state: "resting" } as never, { service: "notes", target: "http://b", state: "in-rotation" } as never],
      certificates: async () => [{ of: "api.example.com of notes", endsAt: minutes(3) + 3.5 * 24 * hourMs }, { of: "other", endsAt: minutes(3) + 300 * 24 * hourMs }],
      budgets: async () => [{ of: "consumer acme: 45.00 of 50 USD", used: 0.9 }],
      diskSpace: async () => ({ freeBytes: 3 * 1024 * 1024, totalBytes: 100 * 1024 * 1024 }),
    },
  });
  await work.lookAt(minutes(3));
  await work.stop();
  const reasons = Object.fromEntries((work.messages[0]?.alerts ?? []).map(({ alert, reason }) => [alert, reason]));
  expect(reasons).toEqual({
    edits: "Overlapping edits now: 1 (/notes/7 by ann and bob), above 0",
    out: "Targets out of rotation: 1 (http://a of notes is resting), above 0",
    certificates: "Days to a certificate's end: 3 days (api.example.com of notes), below 14 days",
    budgets: "Budget used: 90 % (consumer acme: 45.00 of 50 USD), above 80 %",
    disk: "Free space on the disk: 3 % (3 MiB of the data directory's disk), below 5 %",
    causes: "New cause of conflicts: 1 over 5m (lost-update in 9 calls, and never in the week before), above 0",
  });
});

/** How things stood, minute by minute; each rule has one stretch in which its bound is broken, and another service's that is none of its. */
test.each([
  ["overlapping_edits", (bad: boolean): Partial<AtWorkSources> => ({ potential: async () => [{ service: "orders", resource: "/9", consumers: ["x", "y"] } as never, ...(bad ? [{ service: "notes", resource: "/notes/7", consumers: ["ann", "bob"] } as never] : [])] })],
  ["targets_out", (bad: boolean): Partial<AtWorkSources> => ({ targets: async () => [{ service: "orders", target: "http://c", state: "unhealthy" } as never, { service: "notes", target: "http://a", state: bad ? "unhealthy" : "in-rotation" } as never] })],
  ["certificate_days", (bad: boolean): Partial<AtWorkSources> => ({ certificates: async (service: string | null) => [{ of: service ?? "all", endsAt: begin + (bad ? 5 : 60) * 24 * hourMs }] })],
  ["budget_used", (bad: boolean): Partial<AtWorkSources> => ({ budgets: async () => [{ of: "consumer acme", used: bad ? 0.81 : 0.8 }] })],
])("a recorded incident of %s is told once when it began and once when it ended, and what nobody could read meanwhile changes nothing", async (metric, stood) => {
  let now = 0;
  const isBad = (): boolean => now >= minutes(10) && now < minutes(20);
  const as = (): Partial<AtWorkSources> => {
    if (now === minutes(15)) throw new Error("nobody answers");
    return stood(isBad());
  };
  const work = await start({ rules: { state: { when: { metric: metric as never, ...(metric === "budget_used" ? {} : { service: "notes" }) }, notify: ["ops"] } }, sources: { potential: async () => (await as().potential?.()) ?? [], targets: async () => (await as().targets?.()) ?? [], certificates: async (service) => (await as().certificates?.(service)) ?? [], budgets: async (service) => (await as().budgets?.(service)) ?? [] } });
  for (let minute = 1; minute <= 30; minute++) {
    now = minutes(minute);
    await work.lookAt(now);
  }
  await work.stop();
  expect(work.messages.map(({ alerts }) => alerts.map(({ state, at }) => [state, at]))).toEqual([[["firing", minutes(10)]], [["resolved", minutes(20)]]]);
});

test("an alert that is taken out of the configuration is forgotten", async () => {
  const work = await start();
  await work.lookAt(minutes(2));
  work.rules.clear();
  await work.lookAt(minutes(3));
  expect([await work.store.alerts.states(), work.alerts.states()]).toEqual([[], []]);
});
