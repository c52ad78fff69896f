import { upstream as upstreamSchema, type UpstreamSource } from "@parley/contract/config/upstream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileTarget, type Target } from "../target.ts";
import { compileBalancer, type Balancer, type TryOutcome } from "./balancer.ts";
import type { Placeable } from "./hash-key.ts";

interface Bench {
  balancer: Balancer;
  targets: readonly Target[];
  pass: (ms: number) => void;
  /** Names the target that got the call, and ends it at once. */
  call: (more?: Partial<Placeable> & { outcome?: TryOutcome; durationMs?: number }) => number;
}

const nobody: Placeable = { method: "GET", rest: "/7", headers: {}, caller: null, clientAddress: "192.0.2.1" };

/** A generator with a seed, so that a failure can be seen again (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function bench(settings: Partial<UpstreamSource>, { weights = [1, 1, 1], tiers = [] as number[], seed = 1 } = {}): Bench {
  let now = 0;
  const source = { targets: weights.map((weight, index) => ({ url: `http://target-${index}.test`, weight, tier: tiers[index] ?? 0 })), ...settings };
  const upstream = upstreamSchema.parse(source);
  const targets = upstream.targets.map((target, index) => compileTarget(target.url, target.weight, index));
  const balancer = compileBalancer(upstream, targets, { monotonicMs: () => now, random: seeded(seed) });
  return {
    balancer, targets: balancer.candidates,
    pass: (ms) => (now += ms),
    call({ outcome = "answered", durationMs = 1, ...call } = {}) {
      const target = balancer.pick({ ...nobody, ...call }, []) ?? expect.fail("no target");
      balancer.ended(target, outcome, durationMs);
      balancer.released(target);
      return target.index;
    },
  };
}

function counts(calls: readonly number[], targets: number): number[] {
  return Array.from({ length: targets }, (_, index) => calls.filter((one) => one === index).length);
}

const algorithms = ["round-robin", "least-requests", "ewma", "consistent-hash", "failover"] as const;

describe.each(algorithms)("%s", (balance) => {
  it("never gives a call to a target twice in one call's tries, and has an answer until all were tried", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 }), fc.integer(), (weights, seed) => {
        const { balancer, targets } = bench({ balance }, { weights, seed });
        const tried: Target[] = [];
        for (let target = balancer.pick(nobody, tried); target !== null; target = balancer.pick(nobody, tried)) {
          expect(tried).not.toContain(target);
          balancer.released(target);
          tried.push(target);
        }
        expect(tried).toHaveLength(targets.length);
      }),
    );
  });

  it("gives a target of weight 0 calls only when no other is left", () => {
    const { balancer, targets, call } = bench({ balance }, { weights: [1, 0] });
    for (let count = 0; count < 50; count++) expect(call()).toBe(0);
    expect(balancer.pick(nobody, [targets[0] as Target])?.index).toBe(1);
  });

  it("leaves out a target that refuses connections, gives it one call as its trial, and lets it back after that", () => {
    const { balancer, call, pass } = bench({ balance }, { weights: [1, 1] });
    const down = call({ outcome: "connect-failure" });
    for (let count = 0; count < 30; count++) expect(call()).not.toBe(down);
    pass(1001);
    const trials: Target[] = [];
    for (let count = 0; count < 40; count++) {
      const target = balancer.pick({ ...nobody, rest: `/${count}` }, []) as Target;
      if (target.index === down) trials.push(target);
      else balancer.released(target);
    }
    expect(trials).toHaveLength(1);
    for (const trial of trials) {
      balancer.ended(trial, "answered", 1);
      balancer.released(trial);
    }
    expect(balancer.candidates[down]?.rests).toBe(0);
  });
});

it.each(["round-robin", "least-requests"] as const)("%s shares calls out by weight", (balance) => {
  const { balancer } = bench({ balance }, { weights: [5, 3, 1, 1] });
  const open: Target[] = [];
  for (let count = 0; count < 1000; count++) open.push(balancer.pick(nobody, []) as Target);
  const shares = counts(open.map(({ index }) => index), 4);
  for (const [index, share] of [500, 300, 100, 100].entries()) expect(Math.abs((shares[index] as number) - share)).toBeLessThanOrEqual(10);
});

const byWeight = { weights: [5, 3, 1, 1], expected: [0.5, 0.3, 0.1, 0.1] };

function expectShares(calls: readonly number[], expected: readonly number[]): void {
  for (const [index, count] of counts(calls, expected.length).entries()) expect(Math.abs(count / calls.length - (expected[index] as number))).toBeLessThan(0.03);
}

it.each((["round-robin", "least-requests", "ewma"] as const).flatMap((balance) => [[balance, 10], [balance, 10_000]] as const))("%s shares calls out by weight where one comes after the other, every %i ms, too", (balance, everyMs) => {
  const { call, pass } = bench({ balance }, { weights: byWeight.weights });
  const calls = Array.from({ length: 5_000 }, () => {
    pass(everyMs);
    return call({ durationMs: 10 });
  });
  expectShares(calls, byWeight.expected);
});

it.each(["round-robin", "least-requests", "ewma"] as const)("%s shares calls out by weight where targets are alike and busy", (balance) => {
  const { balancer, pass } = bench({ balance }, { weights: byWeight.weights });
  const open: Target[] = [];
  const calls = Array.from({ length: 10_000 }, () => {
    pass(0.25);
    const target = balancer.pick(nobody, []) as Target;
    open.push(target);
    const ended = open.length > 60 ? (open.shift() as Target) : null;
    if (ended !== null) {
      balancer.ended(ended, "answered", 15);
      balancer.released(ended);
    }
    return target.index;
  });
  expectShares(calls.slice(1_000), byWeight.expected);
});

it("ewma knows the quicker target in spite of its rare long answers, however many calls it has", () => {
  const { balancer, pass } = bench({ balance: "ewma" }, { weights: [1, 1] });
  let answers = 0;
  const calls = Array.from({ length: 4_000 }, () => {
    pass(5);
    const target = balancer.pick(nobody, []) as Target;
    balancer.ended(target, "answered", target.index === 1 ? 40 : ++answers % 20 === 0 ? 30 : 10);
    balancer.released(target);
    return target.index;
  });
  const [quick = 0] = counts(calls, 2);
  expect(quick / calls.length).toBeGreaterThan(0.9);
});

it("ewma gives a target that is twice as slow a small part of the calls, and one that is alike its share", () => {
  const { balancer, pass } = bench({ balance: "ewma" }, { weights: [1, 1, 1] });
  const calls = Array.from({ length: 6_000 }, () => {
    pass(20);
    const target = balancer.pick(nobody, []) as Target;
    balancer.ended(target, "answered", target.index === 2 ? 20 : 10);
    balancer.released(target);
    return target.index;
  });
  const [one, two, slow] = counts(calls, 3) as [number, number, number];
  expect(slow / calls.length).toBeLessThan(0.07);
  expect(Math.abs(one - two) / calls.length).toBeLessThan(0.03);
});

it("least-requests avoids the target that is slow to end its calls", () => {
  const { balancer } = bench({ balance: "least-requests" });
  const stuck = Array.from({ length: 30 }, () => balancer.pick(nobody, []) as Target);
  for (const target of stuck) if (target.index !== 1) balancer.released(target);
  for (let count = 0; count < 100; count++) {
    const target = balancer.pick(nobody, []) as Target;
    expect(target.index).not.toBe(1);
    balancer.released(target);
  }
});

it("ewma turns away from a target that has become slow with its first slow answer, and comes back in time", () => {
  const { balancer, pass } = bench({ balance: "ewma" }, { weights: [1, 1], seed: 7 });
  const share = (slowMs: number): number => {
    const seen: number[] = [];
    for (let count = 0; count < 200; count++) {
      pass(10);
      const target = balancer.pick(nobody, []) as Target;
      balancer.ended(target, "answered", target.index === 0 ? slowMs : 5);
      balancer.released(target);
      seen.push(target.index);
    }
    return counts(seen, 2)[0] as number;
  };
  expect(share(5)).toBeGreaterThan(50);
  expect(share(500)).toBeLessThanOrEqual(1);
  for (let seconds = 0; seconds < 60; seconds++) {
    pass(1000);
    balancer.ended(balancer.candidates[1] as Target, "answered", 5);
  }
  // It is asked again now and then, and each quick answer makes that oftener.
  for (let round = 0; round < 15; round++) share(5);
  expect(share(5)).toBeGreaterThan(10);
});

describe("consistent-hash", () => {
  const resources = Array.from({ length: 2000 }, (_, index) => `/orders/${index}`);

  it("sends each resource to one target, its query and a slash at its end aside", () => {
    const { call } = bench({ balance: "consistent-hash" });
    for (const rest of resources.slice(0, 100)) {
      const at = call({ rest });
      expect([call({ rest: `${rest}?expand=1` }), call({ rest: `${rest}/` })]).toEqual([at, at]);
    }
  });

  it("spreads resources evenly, by weight", () => {
    const { call } = bench({ balance: "consistent-hash" }, { weights: [1, 1, 2] });
    const [one, two, three] = counts(resources.map((rest) => call({ rest })), 3) as [number, number, number];
    for (const [seen, share] of [[one, 500], [two, 500], [three, 1000]] as const) expect(Math.abs(seen - share)).toBeLessThan(share * 0.3);
  });

  it("moves only the keys of a target that is gone", () => {
    const all = bench({ balance: "consistent-hash" }, { weights: [1, 1, 1, 1] });
    const before = resources.map((rest) => all.call({ rest }));
    const gone = all.call({ rest: "/one", outcome: "connect-failure" });
    for (const [index, rest] of resources.entries()) {
      if (before[index] !== gone) expect(all.call({ rest })).toBe(before[index]);
      else expect(all.call({ rest })).not.toBe(gone);
    }
  });

  it("keeps the writes to one resource together, however many there are, and passes reads and creates on", () => {
    const places = (method: string, hash: UpstreamSource["hash"] = { by: "resource" }): number => {
      const { balancer } = bench({ balance: "consistent-hash", hash }, { weights: [1, 1, 1] });
      return new Set(Array.from({ length: 60 }, () => balancer.pick({ ...nobody, method, rest: "/hot" }, [])?.index)).size;
    };
    expect(["PUT", "PATCH", "DELETE"].map((method) => places(method))).toEqual([1, 1, 1]);
    expect(["GET", "POST"].map((method) => places(method))).toEqual([3, 3]);
    expect(places("PUT", { by: "consumer" })).toBe(3);
  });

  it("bounds the load of one target at 1.25 of its share, however hot a key is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 300 }), (size, calls) => {
        const { balancer } = bench({ balance: "consistent-hash" }, { weights: Array.from({ length: size }, () => 1) });
        for (let count = 1; count <= calls; count++) {
          balancer.pick({ ...nobody, rest: "/hot" }, []);
          for (const { inFlight } of balancer.candidates) expect(inFlight).toBeLessThanOrEqual(Math.ceil((1.25 * count) / size));
        }
      }),
    );
  });

  it.each<[string, UpstreamSource["hash"], (value: string) => Partial<Placeable>]>([
    ["a header", { by: "header", name: "X-Tenant" }, (value) => ({ headers: { "x-tenant": value } })],
    ["a cookie", { by: "cookie", name: "sid" }, (value) => ({ headers: { cookie: `a=b; sid=${value}; c=d` } })],
    ["the consumer", { by: "consumer" }, (value) => ({ caller: { consumer: value, key: "k" } })],
    ["the client's address", { by: "address" }, (value) => ({ clientAddress: value })],
  ])("can keep calls together by %s", (_name, hash, callOf) => {
    const { call } = bench({ balance: "consistent-hash", hash });
    const seen = new Set<number>();
    for (let index = 0; index < 60; index++) {
      const at = call({ ...callOf(`v${index}`), rest: "/a" });
      expect(call({ ...callOf(`v${index}`), rest: "/b" })).toBe(at);
      seen.add(at);
    }
    expect(seen.size).toBe(3);
  });
});

it("uses a later tier only while no target of an earlier one may have calls", () => {
  const { call, pass } = bench({ balance: "round-robin" }, { weights: [1, 1, 1], tiers: [0, 0, 1] });
  for (let count = 0; count < 20; count++) expect(call()).toBeLessThan(2);
  call({ outcome: "connect-failure" });
  for (let count = 0; count < 10; count++) expect(call()).toBeLessThan(2);
  call({ outcome: "connect-failure" });
  expect(call()).toBe(2);
  pass(1001);
  expect([call(), call()].every((index) => index < 2)).toBe(true);
});

it("failover calls the targets in their order", () => {
  const { call } = bench({ balance: "failover" });
  expect([call(), call(), call({ outcome: "connect-failure" }), call(), call()]).toEqual([0, 0, 0, 1, 1]);
});

describe("outliers", () => {
  it("takes a target out after failures in a row, and one success in between starts the count anew", () => {
    const { call } = bench({ balance: "failover", outliers: { failures: 3, rest: "10s" } });
    for (const outcome of ["failed", "unavailable", "answered", "failed", "failed", "unavailable"] as const) expect(call({ outcome })).toBe(0);
    expect(call()).toBe(1);
  });

  it("never takes out more than the ceiling, and never the last", () => {
    const { call, balancer } = bench({ balance: "round-robin", outliers: { failures: 1, maxEjected: 50 } }, { weights: [1, 1, 1, 1] });
    for (let count = 0; count < 40; count++) call({ outcome: "failed" });
    expect(balancer.candidates.filter((candidate) => candidate.rests > 0)).toHaveLength(2);
    const alone = bench({ balance: "round-robin", outliers: { failures: 1, maxEjected: 100 } }, { weights: [1] });
    for (let count = 0; count < 10; count++) expect(alone.call({ outcome: "failed" })).toBe(0);
    expect(alone.balancer.closedForMs()).toBe(0);
  });

  it("rests longer with each failed trial, up to half a minute", () => {
    const { call, pass, balancer } = bench({ balance: "failover", outliers: { failures: 1, rest: "10s" } });
    const first = (): number => balancer.candidates[0]?.restsUntilMs ?? 0;
    call({ outcome: "failed" });
    let now = 0;
    const rests: number[] = [];
    for (let round = 0; round < 4; round++) {
      rests.push(first() - now);
      pass(first() - now);
      now = first();
      expect(call({ outcome: "failed" })).toBe(0);
    }
    expect(rests).toEqual([10_000, 20_000, 30_000, 30_000]);
  });
});

describe("a breaker", () => {
  it("closes the way while all targets rest, then lets one trial through, and opens again with its success", () => {
    const { call, pass, balancer } = bench({ breaker: { failures: 2, rest: "5s" } }, { weights: [1] });
    call({ outcome: "failed" });
    expect(balancer.closedForMs()).toBe(0);
    call({ outcome: "failed" });
    expect(balancer.closedForMs()).toBe(5000);
    pass(5000);
    expect(balancer.closedForMs()).toBe(0);
    const trial = balancer.pick(nobody, []) as Target;
    expect(balancer.closedForMs()).toBeGreaterThan(0);
    balancer.ended(trial, "answered", 1);
    balancer.released(trial);
    expect(balancer.closedForMs()).toBe(0);
  });
});

it("starts a target that came back slowly, where asked to", () => {
  const { call, pass } = bench({ balance: "round-robin", slowStart: "10s" }, { weights: [1, 1] });
  const back = call({ outcome: "connect-failure" });
  pass(1001);
  while (call() !== back);
  const share = (calls: number): number => counts(Array.from({ length: calls }, () => call()), 2)[back] as number;
  expect(share(100)).toBeLessThan(20);
  pass(10_000);
  expect(share(100)).toBe(50);
});
