/** The matrix of RFC 9110 §13.2: method × field × state × comparison. Expectations are written out, not computed. */
import { describe, expect, it } from "vitest";
import { formatHttpDate } from "../validators/index.ts";
import { type CurrentRepresentation, evaluatePreconditions, type IfMatchComparison, type PreconditionVerdict } from "./evaluate.ts";
import { guardsWrite } from "./guards-write.ts";
import { parsePreconditions, type Preconditions } from "./preconditions.ts";

const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const earlier = formatHttpDate(at - 1000);
const same = formatHttpDate(at);
const later = formatHttpDate(at + 1000);

const states = {
  absent: { exists: false, etag: null, lastModified: null },
  bare: { exists: true, etag: null, lastModified: null },
  strongA: { exists: true, etag: { weak: false, opaque: "A" }, lastModified: null },
  weakA: { exists: true, etag: { weak: true, opaque: "A" }, lastModified: null },
  codedA: { exists: true, etag: { weak: false, opaque: "A-gzip" }, lastModified: null },
  dated: { exists: true, etag: null, lastModified: { ms: at, strong: true } },
  justDated: { exists: true, etag: null, lastModified: { ms: at, strong: false } },
} as const satisfies Record<string, CurrentRepresentation>;
type State = keyof typeof states;

const reads = ["GET", "HEAD"];
const writes = ["PUT", "PATCH", "DELETE", "POST", "PROPPATCH"];
const unconditional = ["OPTIONS", "TRACE", "CONNECT"];
const comparisons: IfMatchComparison[] = ["strong", "weak"];

function parse(headers: Record<string, string>): Preconditions {
  const parsed = parsePreconditions(headers, at);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

function word(verdict: PreconditionVerdict): string {
  if (verdict.kind === "not-modified") return "304";
  if (verdict.kind === "failed") return "412";
  return verdict.honourRange ? "pass" : "whole";
}

function judge(method: string, headers: Record<string, string>, options: { state: State; comparison?: IfMatchComparison }): string {
  return word(evaluatePreconditions(method, parse(headers), states[options.state], options.comparison ?? "strong"));
}

/** One letter a state, in the order of `columns`: p passes, f is 412. */
const columns: State[] = ["absent", "bare", "strongA", "weakA", "codedA"];
const ifMatchOnWrites: [value: string, strong: string, weak: string][] = [
  ["*", "fpppp", "fpppp"],
  ['"A"', "ffpfp", "ffppp"],
  ['W/"A"', "fffff", "ffppp"],
  ['"B"', "fffff", "fffff"],
  ['"B", "A"', "ffpfp", "ffppp"],
  ['"A-gzip"', "ffpfp", "ffppp"],
  ['"A-br"', "ffpfp", "ffppp"],
  ['W/"A-gzip"', "fffff", "ffppp"],
];
/** For reads of what exists the same holds; a read of what does not exist passes to its 404. */
const ifNoneMatchOnWrites: [value: string, either: string][] = [
  ["*", "pffff"],
  ['"A"', "ppfff"],
  ['W/"A"', "ppfff"],
  ['"B"', "ppppp"],
  ['"B", "A"', "ppfff"],
  ['"A-br"', "ppfff"],
];
const spelled = { p: "pass", f: "412" } as const;

function expectRow(letters: string, methods: string[], run: (method: string, state: State) => string, failure = "412"): void {
  for (const method of methods) {
    columns.forEach((state, index) => {
      const letter = letters[index] as "p" | "f";
      const expected = letter === "p" ? spelled.p : failure;
      expect(`${method} ${state} ${run(method, state)}`).toBe(`${method} ${state} ${expected}`);
    });
  }
}

describe("If-Match", () => {
  it.each(ifMatchOnWrites)("%s", (value, strong, weak) => {
    expectRow(strong, writes, (method, state) => judge(method, { "if-match": value }, { state, comparison: "strong" }));
    expectRow(weak, writes, (method, state) => judge(method, { "if-match": value }, { state, comparison: "weak" }));
    expectRow(`p${strong.slice(1)}`, reads, (method, state) => judge(method, { "if-match": value }, { state, comparison: "strong" }));
    expectRow(`p${weak.slice(1)}`, reads, (method, state) => judge(method, { "if-match": value }, { state, comparison: "weak" }));
  });
});

describe("If-None-Match", () => {
  it.each(ifNoneMatchOnWrites)("%s", (value, letters) => {
    for (const comparison of comparisons) {
      expectRow(letters, writes, (method, state) => judge(method, { "if-none-match": value }, { state, comparison }));
      expectRow(letters, reads, (method, state) => judge(method, { "if-none-match": value }, { state, comparison }), "304");
    }
  });
});

describe("dates", () => {
  const dates = [earlier, same, later];
  it("If-Unmodified-Since fails where the resource changed after it, for every method", () => {
    for (const method of [...reads, ...writes]) {
      for (const state of ["dated", "justDated"] as const) expect(dates.map((date) => judge(method, { "if-unmodified-since": date }, { state }))).toEqual(["412", "pass", "pass"]);
      for (const state of ["absent", "bare", "strongA"] as const) expect(dates.map((date) => judge(method, { "if-unmodified-since": date }, { state }))).toEqual(["pass", "pass", "pass"]);
    }
  });

  it("says when only a date within its own second let a write pass", () => {
    const preconditions = parse({ "if-unmodified-since": same });
    expect(evaluatePreconditions("PUT", preconditions, states.justDated, "strong")).toMatchObject({ kind: "proceed", weakDate: true });
    expect(evaluatePreconditions("PUT", preconditions, states.dated, "strong")).toMatchObject({ kind: "proceed", weakDate: false });
  });

  it("If-Modified-Since is for GET and HEAD alone", () => {
    for (const method of reads) {
      expect(dates.map((date) => judge(method, { "if-modified-since": date }, { state: "dated" }))).toEqual(["pass", "304", "304"]);
      for (const state of ["absent", "bare", "strongA"] as const) expect(dates.map((date) => judge(method, { "if-modified-since": date }, { state }))).toEqual(["pass", "pass", "pass"]);
    }
    for (const method of writes) expect(dates.map((date) => judge(method, { "if-modified-since": date }, { state: "dated" }))).toEqual(["pass", "pass", "pass"]);
  });

  it.each(["if-modified-since", "if-unmodified-since"])("ignores an %s that is no date", (field) => {
    for (const method of [...reads, ...writes]) expect(judge(method, { [field]: "2026-01-01" }, { state: "dated" })).toBe("pass");
  });
});

describe("precedence", () => {
  const both: CurrentRepresentation = { exists: true, etag: { weak: false, opaque: "A" }, lastModified: { ms: at, strong: true } };
  const run = (method: string, headers: Record<string, string>): string => word(evaluatePreconditions(method, parse(headers), both, "strong"));

  it.each([
    ["PUT", { "if-match": '"A"', "if-unmodified-since": earlier }, "pass"],
    ["PUT", { "if-match": '"B"', "if-unmodified-since": later }, "412"],
    ["GET", { "if-none-match": '"B"', "if-modified-since": later }, "pass"],
    ["GET", { "if-none-match": '"A"', "if-modified-since": earlier }, "304"],
    ["GET", { "if-match": '"B"', "if-none-match": '"A"' }, "412"],
    ["GET", { "if-match": '"A"', "if-none-match": '"A"' }, "304"],
    ["PUT", { "if-match": '"A"', "if-none-match": '"A"' }, "412"],
    ["PUT", { "if-match": "*", "if-none-match": "*" }, "412"],
    ["GET", { "if-unmodified-since": earlier, "if-modified-since": later }, "412"],
    ["GET", { "if-unmodified-since": later, "if-none-match": '"A"' }, "304"],
  ])("%s %o is %s", (method, headers, expected) => expect(run(method, headers as Record<string, string>)).toBe(expected));

  it.each(unconditional)("%s has no preconditions", (method) => {
    expect(run(method, { "if-match": '"B"' })).toBe("pass");
    expect(run(method, { "if-none-match": "*" })).toBe("pass");
  });
});

describe("If-Range", () => {
  const range = { range: "bytes=5-" };
  it.each([
    ['"A"', "strongA", "pass"], ['"A"', "weakA", "whole"], ['W/"A"', "strongA", "whole"], ['"B"', "strongA", "whole"], ['"A-gzip"', "strongA", "whole"], ['"A"', "codedA", "whole"],
    [same, "dated", "pass"], [earlier, "dated", "whole"], [later, "dated", "whole"], [same, "justDated", "whole"], [same, "strongA", "whole"], ["nonsense", "dated", "whole"],
  ] as [string, State, string][])("%s against %s: %s", (value, state, expected) => {
    expect(judge("GET", { ...range, "if-range": value }, { state })).toBe(expected);
    expect(judge("HEAD", { ...range, "if-range": value }, { state })).toBe("pass");
    expect(judge("GET", { "if-range": value }, { state })).toBe("pass");
  });

  it("comes after the others", () => {
    expect(judge("GET", { ...range, "if-range": '"B"', "if-none-match": '"A"' }, { state: "strongA" })).toBe("304");
    expect(judge("GET", { ...range, "if-range": '"A"', "if-match": '"B"' }, { state: "strongA" })).toBe("412");
  });
});

describe("malformed preconditions", () => {
  it.each([
    [{ "if-match": "abc" }, /^If-Match: /],
    [{ "if-none-match": '*, "a"' }, /^If-None-Match: /],
    [{ range: "bytes=0-1", "if-range": '"a", "b"' }, /^If-Range: /],
  ])("%o is refused, naming the field", (headers, problem) => {
    expect(parsePreconditions(headers, at)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });
});

describe("what guards a write", () => {
  it.each([
    [{ "if-match": '"x"' }, true, true],
    [{ "if-match": "*" }, true, true],
    [{ "if-none-match": "*" }, true, true],
    [{ "if-none-match": '"x"' }, false, false],
    [{ "if-unmodified-since": same }, true, false],
    [{ "if-unmodified-since": "nonsense" }, false, false],
    [{ "if-modified-since": same }, false, false],
    [{}, false, false],
  ])("%o: %s with a modification date, %s without", (headers, dated, undated) => {
    const preconditions = parse(headers as Record<string, string>);
    expect([guardsWrite(preconditions, states.dated), guardsWrite(preconditions, states.strongA)]).toEqual([dated, undated]);
  });
});
