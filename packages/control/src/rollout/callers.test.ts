import { expect, it } from "vitest";
import type { Caller } from "./callers.ts";
import { judge, type Arm, type Judgement } from "./judge.ts";

const rules = { significance: 0.01, slower: 20 };

/** `errors` of a hundred calls each. */
function armOf(callers: readonly Partial<Caller>[]): Arm {
  const all = callers.map((caller): Caller => ({ calls: 100, errors: 0, conflicts: 0, timesMs: [], ...caller }));
  const sum = (of: "calls" | "errors" | "conflicts"): number => all.reduce((total, caller) => total + caller[of], 0);
  return { calls: sum("calls"), errors: sum("errors"), conflicts: sum("conflicts"), latenciesMs: all.flatMap(({ timesMs }) => timesMs), callers: all };
}

const many = (count: number, caller: Partial<Caller>): Partial<Caller>[] => Array.from({ length: count }, () => caller);
const without = ({ callers: _callers, ...arm }: Arm): Arm => arm;

function judged(release: Arm, baseline: Arm, measure: Judgement["measure"]): Judgement {
  return judge(release, baseline, { rules, look: 1 }).find((one) => one.measure === measure) ?? expect.fail("no judgement");
}

it("errors that one caller has by itself are not the release's, however many calls they are", () => {
  const release = armOf([{ errors: 40 }, ...many(19, { errors: 1 })]);
  const baseline = armOf(many(180, { errors: 1 }));
  expect(judged(without(release), without(baseline), "errors")).toMatchObject({ test: "fisher-exact", worse: true });
  expect(judged(release, baseline, "errors")).toMatchObject({ test: "callers-rank-sum", worse: false });
  expect(judged(release, baseline, "errors").tooFewCallers).toBeUndefined();
});

it("errors, conflicts and times that callers have alike are the release's", () => {
  const release = armOf(many(20, { errors: 5, conflicts: 6, timesMs: [30, 31, 32] }));
  const baseline = armOf(many(180, { errors: 1, conflicts: 2, timesMs: [20, 21, 22] }));
  for (const measure of ["errors", "conflicts", "latency"] as const) expect(judged(release, baseline, measure)).toMatchObject({ test: "callers-rank-sum", worse: true });
  // What is allowed is allowed to callers as well.
  expect(judged(armOf(many(20, { timesMs: [24, 25, 26] })), baseline, "latency")).toMatchObject({ worse: false });
});

it("one error in a caller's only call is no extreme beside callers with many", () => {
  const release = armOf(many(20, { calls: 1, errors: 0 }).with(0, { calls: 1, errors: 1 }));
  expect(judged(release, armOf(many(180, { errors: 2 })), "errors")).toMatchObject({ worse: false });
});

it("says that callers are too few to tell, unless most of the release fails and of the rest does not", () => {
  const baseline = armOf(many(18, { errors: 1 }));
  expect(judged(armOf(many(2, { errors: 20 })), baseline, "errors")).toMatchObject({ worse: false, tooFewCallers: { release: 2, baseline: 18 } });
  expect(judged(armOf(many(2, { errors: 60 })), baseline, "errors")).toMatchObject({ test: "fisher-exact", worse: true });
  expect(judged(armOf(many(2, { errors: 60 })), armOf(many(18, { errors: 51 })), "errors").worse).toBe(false);
  // Nothing looks worse, so that there is nothing to tell.
  expect(judged(armOf(many(2, { errors: 1 })), baseline, "errors").tooFewCallers).toBeUndefined();
});

it("finds more callers than it compares one by one no worse, and worse, as it does few", () => {
  const usual = (index: number): Partial<Caller> => ({ calls: 20, errors: index % 5 === 0 ? 1 : 0 });
  const baseline = armOf(Array.from({ length: 5_000 }, (_, index) => usual(index)));
  expect(judged(armOf(Array.from({ length: 500 }, (_, index) => usual(index))), baseline, "errors")).toMatchObject({ worse: false });
  expect(judged(armOf(Array.from({ length: 500 }, (_, index) => usual(index % 2))), baseline, "errors")).toMatchObject({ worse: true });
});
