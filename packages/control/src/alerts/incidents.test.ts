/** Rules against incidents whose outcome is known: looked back at in a preview, and met at work. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { previewOf } from "./preview.ts";
import { atWork, calls, dayMs, hourMs, minuteMs, now, recorded, ruleOf, type Recorded } from "./incidents.test-support.ts";

const signal = new AbortController().signal;
const nothing = { value: null, reason: "", query: "" };
/** Conflicts for 20 minutes, a slow quarter of an hour, silence for half an hour, and a burst. */
const storm = { from: now - 6 * hourMs, to: now - 6 * hourMs + 20 * minuteMs };
const slow = { from: now - 4 * hourMs, to: now - 4 * hourMs + 15 * minuteMs };
const silent = { from: now - 3 * hourMs, to: now - 3 * hourMs + 30 * minuteMs };
const burst = { from: now - hourMs, to: now - hourMs + 10 * minuteMs };
const within = (range: { from: number; to: number }, at: number): boolean => at >= range.from && at < range.to;

describe("recorded incidents", () => {
  let incident: Recorded;
  beforeAll(async () => {
    const usual = calls({ from: now - 8 * dayMs, to: now, everyMs: 20_000 }, (number, at) => {
      if (within(storm, at)) return number % 5 === 0 ? { status: 409, cause: "lost-update" } : {};
      if (within(slow, at)) return { durationMs: 900 };
      return number % 100 === 0 ? { status: 500 } : {};
    });
    const more = calls({ from: burst.from, to: burst.to, everyMs: 1_000 }, (number) => ({ id: `burst-${number}`, consumer: "crawler", status: 500 }));
    incident = await recorded([...usual.filter(({ at }) => !within(silent, at)), ...more]);
  }, 120_000);
  afterAll(() => incident.close());

  const firings = async (rule: Parameters<typeof ruleOf>[0]["when"], range = { from: now - 7 * dayMs, to: now }) =>
    previewOf(incident.callLog, ruleOf({ when: rule, notify: ["ops"] }), { ...range, now: nothing, signal });
  const about = (at: number, slackMs: number): object => ({ asymmetricMatch: (other: number) => Math.abs(other - at) <= slackMs, toString: () => `about ${new Date(at).toISOString()}` });

  test("a rate above its bound fires once, after it held for as long as it has to, and ends with its window", async () => {
    const { firings: found } = await firings({ metric: "conflict_rate", service: "notes", above: 0.05, for: "5m" });
    expect(found).toMatchObject([{ from: about(storm.from + 7 * minuteMs, 2 * minuteMs), to: about(storm.to + 4 * minuteMs, 2 * minuteMs), peak: expect.closeTo(0.2, 1) as number }]);
    expect(found[0]?.query).toMatch(/^at:\d+\.\.\d+ service:notes cause:\*$/);
    expect(found[0]?.reason).toMatch(/^Conflict rate of notes: 20 % over 5m \(3 of 15 calls met a conflict\), above 5 %$/);
  });

  test("what does not last as long as it has to does not fire", async () => {
    expect((await firings({ metric: "conflict_rate", above: 0.05, for: "30m" })).firings).toEqual([]);
  });

  test("a percentile is that of the calls in each window", async () => {
    const found = await firings({ metric: "latency_p90", above: "500ms" });
    expect(found.firings).toMatchObject([{ from: about(slow.from, 2 * minuteMs), to: about(slow.to + 4 * minuteMs, 2 * minuteMs) }]);
    expect(found.firings[0]?.query).toMatch(/ latency:>500$/);
  });

  test("calls that do not come are noticed", async () => {
    const found = await firings({ metric: "calls", service: "notes", below: 1, window: "10m" });
    expect(found.firings).toMatchObject([{ from: about(silent.from + 10 * minuteMs, 2 * minuteMs), to: about(silent.to, 3 * minuteMs), peak: 0 }]);
  });

  test("what is many times the usual of that hour is noticed, without a number being known beforehand", async () => {
    const found = await firings({ metric: "calls", aboveUsual: 5 }, { from: now - dayMs, to: now });
    expect(found.firings).toMatchObject([{ from: about(burst.from + 2 * minuteMs, 2 * minuteMs), to: about(burst.to + 4 * minuteMs, 2 * minuteMs) }]);
    expect(found.series.some(({ usual }) => usual === 15)).toBe(true);
    expect((await firings({ metric: "calls", belowUsual: 0.5 }, { from: now - dayMs, to: now })).firings).toMatchObject([{ from: about(silent.from + 3 * minuteMs, 2 * minuteMs) }]);
  });

  test("an objective's errors used up too fast are noticed, and a hundredth that always fails is not where it may", async () => {
    const strict = await firings({ metric: "burn_rate", service: "notes", objective: { target: 0.98 } }, { from: now - 2 * dayMs, to: now });
    expect(strict.firings).toMatchObject([{ from: about(burst.from + 5 * minuteMs, 6 * minuteMs), to: null }]);
    expect(strict.firings[0]?.reason).toContain("times too fast");
    expect((await firings({ metric: "burn_rate", objective: { target: 0.5 } }, { from: now - 2 * dayMs, to: now })).firings).toEqual([]);
  });

  test("only the calls of the rule's query count", async () => {
    expect((await firings({ metric: "errors", query: "consumer:crawler", above: 100 })).firings).toHaveLength(1);
    expect((await firings({ metric: "errors", query: "consumer:nobody", above: 0 })).firings).toEqual([]);
  });

  test("says how many messages there would have been, and draws no more points than fit", async () => {
    const found = await firings({ metric: "conflict_rate", above: 0.05 });
    expect(found).toMatchObject({ past: true, messages: 2 });
    expect(found.series.length).toBeLessThanOrEqual(500);
    expect(Math.max(...found.series.map(({ value }) => value ?? 0))).toBeCloseTo(0.2, 1);
  });

  test("at work, a rule does what its preview says, with links that open the calls at that time", async () => {
    const work = await atWork({ callLog: incident.callLog, begin: storm.from - hourMs, rules: { spike: { when: { metric: "conflict_rate", service: "notes", above: 0.05, for: "5m" }, notify: ["ops"], description: "Who writes twice?" } } });
    for (let at = storm.from - hourMs; at <= storm.to + hourMs; at += minuteMs) await work.lookAt(at);
    await work.close();
    const [preview] = (await firings({ metric: "conflict_rate", service: "notes", above: 0.05, for: "5m" })).firings;
    expect(work.messages.map(({ alerts }) => alerts[0]?.state)).toEqual(["firing", "resolved"]);
    expect(work.messages[0]?.alerts).toMatchObject([{ alert: "spike", at: about(preview?.from ?? 0, minuteMs), description: "Who writes twice?", value: 0.2 }]);
    const { link, at } = work.messages[0]?.alerts[0] ?? { link: "", at: 0 };
    expect(link).toBe(`http://console.example/calls?q=${encodeURIComponent("service:notes cause:*")}&from=${at - 5 * minuteMs}&to=${at}`);
  });

  test("a cause that nobody had met for a week is told once, when it comes, and is new no more while it goes on", async () => {
    const work = await atWork({ callLog: incident.callLog, begin: storm.from - hourMs, rules: { causes: { when: { metric: "new_conflict_cause", service: "notes" }, notify: ["ops"] }, others: { when: { metric: "new_conflict_cause", service: "orders" }, notify: ["ops"] } } });
    for (let at = storm.from - 10 * minuteMs; at <= storm.to + 20 * minuteMs; at += minuteMs) await work.lookAt(at);
    await work.close();
    expect(work.messages.flatMap(({ alerts }) => alerts.map(({ alert, state }) => [alert, state]))).toEqual([["causes", "firing"], ["causes", "resolved"]]);
    const [first] = work.messages[0]?.alerts ?? [];
    expect(first).toMatchObject({ at: about(storm.from + minuteMs, 2 * minuteMs), reason: expect.stringMatching(/lost-update in \d calls, and never in the week before/) as string });
    expect(new URL(first?.link ?? "").searchParams.get("q")).toBe("service:notes cause:lost-update");
  });

  test.each([["back", -hourMs], ["forward", 2 * hourMs]])("a clock that jumps %s and is set right again says nothing twice in a row and leaves no alert firing", async (_, jumpMs) => {
    const work = await atWork({ callLog: incident.callLog, begin: storm.from - hourMs, rules: { spike: { when: { metric: "conflict_rate", service: "notes", above: 0.05, for: "5m" }, notify: ["ops"] } } });
    const jumpAt = storm.from + 12 * minuteMs;
    for (let at = storm.from - 10 * minuteMs; at <= storm.to + hourMs; at += minuteMs) {
      await work.lookAt(at);
      if (at === jumpAt) await work.lookAt(at + jumpMs);
    }
    await work.close();
    const states = work.messages.map(({ alerts }) => alerts[0]?.state);
    expect(states.filter((state) => state === "firing").length).toBeLessThanOrEqual(2);
    // Whatever was told while the clock was wrong, what stands in the end is the truth, and nothing fires for ever.
    expect(states.at(-1)).toBe("resolved");
    expect(states[0]).toBe("firing");
    for (let index = 1; index < states.length; index++) expect(states[index]).not.toBe(states[index - 1]);
  });
});
