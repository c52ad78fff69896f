import { conflict as conflictSettings } from "@parley/contract/config/conflict";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { describe, expect, test } from "vitest";
import { adviseService } from "./advise.ts";
import { resourcePattern } from "./resource-pattern.ts";
import { replay } from "./verdict.ts";

function record(over: Partial<ConflictRecord>): ConflictRecord {
  return {
    id: "0".repeat(32), at: 1, state: "prevented", service: "notes", resource: "/notes/7", method: "PUT", consumers: ["acme", "globex"], status: 412, detail: "",
    cause: "concurrent-modification", origin: "gateway", outcome: "not-applied", guarantee: "serialized", retryable: false, retry: { strategy: "refetch" }, expected: ['"1"'], ...over,
  };
}

const lost = { state: "lost", cause: "lost-update", expected: [], pointers: ["/title"], guarantee: "none" } as const satisfies Partial<ConflictRecord>;
const changed = (path: string) => [{ op: "replace" as const, path, value: 1 }];
const { merge } = conflictSettings.parse({});

describe("a recorded conflict, replayed", () => {
  test.each([
    ["a lost update is lost where nothing is guarded", lost, "observe", "reject", "lost"],
    ["a lost update is lost in off", lost, "off", "merge", "lost"],
    ["enforce asks nobody for a precondition", lost, "enforce", "reject", "lost"],
    ["enforce honours the one that was sent", { ...lost, expected: ['"1"'] }, "enforce", "reject", "prevented"],
    ["require refuses the stale write", lost, "require", "reject", "prevented"],
    ["ordered, a read-modify-write is refused", lost, "require", "serialize", "prevented"],
    ["what was only put back merges", lost, "require", "merge", "merged"],
    ["in an array only the bodies could tell", { ...lost, pointers: ["/items/3"] }, "require", "merge", "prevented"],
    ["a lost update without pointers is not claimed as merged", { state: "lost", cause: "lost-update", expected: [] }, "require", "merge", "prevented"],
    ["last write wins keeps what it overwrites", lost, "enforce", "last-write-wins", "restorable"],

    ["a stale PUT overwrites where nothing is guarded", {}, "observe", "reject", "lost"],
    ["a stale PATCH goes out uncompared", { method: "PATCH" }, "off", "reject", "unguarded"],
    ["an upstream compares by itself", { origin: "upstream" }, "observe", "reject", "refused"],
    ["a stale tag stays stale in a queue", {}, "require", "serialize", "refused"],
    ["a client's tag is never swapped", {}, "require", "retry", "refused"],
    ["disjoint pointers merge", { changes: changed("/shade"), intended: ["/title"] }, "require", "merge", "merged"],
    ["one pointer within the other does not", { changes: changed("/owner/name"), intended: ["/owner"] }, "require", "merge", "refused"],
    ["/a and /ab are apart", { changes: changed("/a"), intended: ["/ab"] }, "require", "merge", "merged"],
    ["one array is one place", { changes: changed("/items/0/n"), intended: ["/items/4"] }, "require", "merge", "refused"],
    ["a difference that did not fit tells nothing", { changes: changed("/shade"), intended: ["/title"], truncated: true }, "require", "merge", "unknown"],
    ["what the client meant is not known", { changes: changed("/shade") }, "require", "merge", "unknown"],
    ["an overlap stays one", { subcause: "overlap", conflicts: [{ pointer: "/title" }] }, "require", "merge", "refused"],
    ["what was merged, merges", { state: "merged" }, "enforce", "merge", "merged"],
    ["what is deleted cannot be merged with", { subcause: "deleted", changes: changed("/a"), intended: ["/b"] }, "require", "merge", "refused"],
    ["last write wins over a stale tag", { subcause: "by-consumer" }, "enforce", "last-write-wins", "restorable"],
    ["nothing wins over an upstream that refuses", { origin: "upstream" }, "enforce", "last-write-wins", "refused"],

    ["a busy upstream is asked again", { cause: "busy", subcause: "upstream" }, "require", "retry", "passed"],
    ["but not with a POST", { cause: "busy", subcause: "upstream", method: "POST" }, "require", "retry", "refused"],
    ["a longer queue may not have helped", { cause: "busy", subcause: "queue" }, "require", "serialize", "unknown"],
    ["a rest is a rest", { cause: "busy", subcause: "lock-delay" }, "require", "retry", "refused"],
    ["without a precondition, in enforce", { cause: "precondition-required" }, "enforce", "reject", "unguarded"],
    ["without a precondition, in require", { cause: "precondition-required" }, "require", "merge", "refused"],
    ["a duplicate stays one", { cause: "state-mismatch", origin: "upstream" }, "require", "merge", "refused"],
    ["a lease is a lease", { cause: "locked", subcause: "held" }, "require", "serialize", "refused"],
    ["nobody knows what nobody saw", { cause: "outcome-unknown" }, "require", "merge", "unknown"],
  ] as const)("%s", (...[, over, mode, strategy, verdict]) => {
    expect(replay(record(over as Partial<ConflictRecord>), { mode, strategy }, merge)).toBe(verdict);
  });

  test("a forbidden place is never merged, and keyed arrays are not guessed at", () => {
    const apart = record({ changes: changed("/balance"), intended: ["/title"] });
    expect(replay(apart, { mode: "require", strategy: "merge" }, { ...merge, forbid: ["/balance"] })).toBe("refused");
    expect(replay(record({ ...lost, pointers: ["/balance/eur"] }), { mode: "require", strategy: "merge" }, { ...merge, forbid: ["/balance"] })).toBe("prevented");
    for (const forbidden of ["/*", "/balance/*/cent"]) expect(replay(record({ ...lost, pointers: ["/balance/eur"] }), { mode: "require", strategy: "merge" }, { ...merge, forbid: [forbidden] })).toBe("prevented");
    expect(replay(apart, { mode: "require", strategy: "merge" }, { ...merge, forbid: ["/items/*/price"] })).toBe("merged");
    const items = record({ changes: changed("/items/0/n"), intended: ["/items/4"] });
    expect(replay(items, { mode: "require", strategy: "merge" }, { ...merge, arrays: "keyed" })).toBe("unknown");
  });
});

describe("advice", () => {
  test("counts what each setting would have done, and names the best for each operation", () => {
    const records = [...Array.from({ length: 87 }, (_, index) => record({ ...lost, resource: `/orders/${index}`, pointers: ["/items/0"] })), ...Array.from({ length: 13 }, () => record({ cause: "state-mismatch", origin: "upstream", resource: "/orders/9" }))];
    const advice = adviseService("orders", records, conflictSettings.parse({}));
    expect(advice.operations).toMatchObject([{ method: "PUT", pattern: "/orders/{id}", conflicts: 100, best: { mode: "require", solved: 87 } }]);
    expect(advice.sentence).toContain("would have prevented 87 of 100");
    expect(advice.options.find(({ mode, strategy }) => mode === "require" && strategy === "serialize")?.solved).toBe(87);
    expect(advice.options.find(({ current }) => current)).toMatchObject({ mode: "observe", counts: { lost: 87, refused: 13 }, solved: 0 });
    for (const { counts } of advice.options) expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(100);
  });

  test("advises nothing where nothing is better than what is set", () => {
    const advice = adviseService("orders", [record({ cause: "state-mismatch", origin: "upstream" })], conflictSettings.parse({ mode: "require" }));
    expect(advice.best).toBeNull();
    expect(advice.sentence).toContain("Nothing would have done better than require");
  });

  test.each([["/orders/17", "/orders/{id}"], ["/v2/orders", "/v2/orders"], ["/a/3f2b8c1e-0000-4000-8000-000000000000/b", "/a/{id}/b"], ["/notes/abcd1234efgh", "/notes/{id}"], ["/notes/shopping-list", "/notes/shopping-list"]])("%s is %s", (path, pattern) => {
    expect(resourcePattern(path)).toBe(pattern);
  });
});
