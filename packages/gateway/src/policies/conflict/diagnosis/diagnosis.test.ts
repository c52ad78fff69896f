import { conflictMembers } from "@parley/contract/conflicts/problem";
import type { Json } from "@parley/merge";
import { conflictSubcauses } from "@parley/contract/conflicts/cause";
import { conflictRecord } from "@parley/contract/conflicts/record";
import { isProblemCode } from "@parley/contract/problems/table";
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { decisionOrder } from "../preconditions/index.ts";
import { parseEntityTag } from "../validators/index.ts";
import { conditionsOf, conflictRecordOf, conflictRefusal, type ConflictContext, diagnose, diagnosisOfRow, type Evidence, findTag, type KnownState, redactValue, type TagKnowledge } from "./index.ts";

const digest = (letter: string): string => `${letter.repeat(21)}A`;
const state = (letter: string, document?: Json): KnownState => ({ etag: `"1-${digest(letter)}"`, digest: digest(letter), document });
const now = (letter: string, change: Partial<NonNullable<Evidence["current"]>> = {}): NonNullable<Evidence["current"]> => ({ ...state(letter), exists: true, revision: 4, changedAt: 0, changedBy: "globex", ...change });

function evidence(change: Partial<Evidence> = {}): Evidence {
  return { stoppedBy: "compare", hadPrecondition: true, expectedAbsent: false, tag: "known", base: state("a"), current: now("b"), intended: null, upstream: null, overlaps: null, ...change };
}

const upstream = (status: number, code: string | null = null, busy = false) => ({ stoppedBy: "upstream", upstream: { status, code, busy, stale: false, askedRetryMs: null } }) as const;

describe("diagnosis", () => {
  it.each<[string, Partial<Evidence>, [cause: string, subcause: string | null, status: number]]>([
    ["the current state is another than the base: a consumer wrote", {}, ["concurrent-modification", "by-consumer", 412]],
    ["… or somebody past the gateway", { current: now("b", { changedBy: "bypass" }) }, ["concurrent-modification", "by-bypass", 412]],
    ["… without a precondition it is 409", { hadPrecondition: false }, ["concurrent-modification", "by-consumer", 409]],
    ["it is gone", { current: now("b", { exists: false, changedBy: null }) }, ["concurrent-modification", "deleted", 412]],
    ["it was to be created and is there", { expectedAbsent: true, base: null, tag: null }, ["concurrent-modification", "created", 412]],
    ["both changed the same place", { overlaps: [{ pointer: "/a", base: 1, theirs: 2, yours: 3 }] }, ["concurrent-modification", "overlap", 412]],
    ["nothing could be fetched", { current: null, ...upstream(412) }, ["concurrent-modification", null, 412]],
    ["the tag is weak", { tag: "weak-tag" }, ["version-mismatch", "weak-tag", 412]],
    ["the tag is another resource's", { tag: "other-resource" }, ["version-mismatch", "other-resource", 412]],
    ["the tag was never given out", { tag: "never-issued" }, ["version-mismatch", "never-issued", 412]],
    ["the tag is long gone", { tag: "expired-tag" }, ["version-mismatch", "expired-tag", 412]],
    ["nothing changed and the upstream refuses: duplicate", { current: now("a"), ...upstream(409, "E_UNIQUE_VIOLATION") }, ["state-mismatch", "duplicate", 409]],
    ["… a reference", { current: now("a"), ...upstream(409, "foreign key constraint") }, ["state-mismatch", "reference", 409]],
    ["… the life of the thing", { current: now("a"), ...upstream(409, "order is in status CLOSED") }, ["state-mismatch", "lifecycle", 409]],
    ["… whatever", { current: now("a"), ...upstream(409) }, ["state-mismatch", "unspecified", 409]],
    ["a POST is refused, with nothing to compare", { hadPrecondition: false, base: null, current: null, tag: null, ...upstream(409, "email exists") }, ["state-mismatch", "duplicate", 409]],
    ["the upstream is busy by its own pattern", { current: now("a"), ...upstream(409, "AnotherOperationInProgress", true) }, ["busy", "upstream", 409]],
    ["it is already what was intended", { current: now("c"), intended: state("c"), ...upstream(409) }, ["already-applied", "same-state", 409]],
  ])("%s", (_, change, expected) => {
    const diagnosis = diagnose(evidence(change));
    expect([diagnosis.cause, diagnosis.subcause, diagnosis.status]).toEqual(expected);
    expect(isProblemCode(diagnosis.code)).toBe(true);
    if (diagnosis.subcause !== null) expect(conflictSubcauses[diagnosis.cause]).toContain(diagnosis.subcause);
  });

  it("speaks of a version only where the write named one", () => {
    const unchanged = { current: now("a"), ...upstream(409) };
    expect(diagnose(evidence(unchanged)).detail).toMatch(/^The version was right; /);
    expect(diagnose(evidence({ ...unchanged, hadPrecondition: false })).detail).toMatch(/^Nothing has changed since it was read; /);
  });

  it("does not take it for applied where nothing was to change", () => {
    expect(diagnose(evidence({ current: now("a"), intended: state("a"), ...upstream(409) })).cause).toBe("state-mismatch");
  });

  it("compares documents where there are no digests", () => {
    const bare = (document: { a: number }) => ({ etag: null, digest: null, document });
    expect(diagnose(evidence({ base: bare({ a: 1 }), current: now("b", bare({ a: 2 })), intended: bare({ a: 2 }) })).cause).toBe("already-applied");
  });

  it("says what became of the write, and whether the same again can succeed", () => {
    expect(diagnose(evidence())).toMatchObject({ outcome: "not-applied", retryable: false, retry: { strategy: "refetch" } });
    expect(diagnose(evidence(upstream(409, null, true)))).toMatchObject({ outcome: "not-applied", retryable: true, retry: { strategy: "wait" } });
    expect(diagnose(evidence({ intended: state("b") }))).toMatchObject({ outcome: "applied", state: "applied", retryable: false });
    expect(diagnosisOfRow(decisionOrder.responseLost)).toMatchObject({ outcome: "unknown", state: "unknown", status: 504, retryable: false });
    expect(diagnosisOfRow(decisionOrder.leaseHeld, { afterMs: 2_500 })).toMatchObject({ status: 423, retryable: true, retry: { strategy: "wait", afterMs: 2_500 } });
  });

  it("has one for every row that is a conflict", () => {
    for (const row of Object.values(decisionOrder)) {
      if (row.code !== null && row.cause !== null) expect(diagnosisOfRow(row).detail).not.toBe("");
      else expect(() => diagnosisOfRow(row)).toThrow(row.situation);
    }
  });
});

describe("what a tag is", () => {
  const knowledge: TagKnowledge = { comparison: "strong", ownTags: true, givenOutFor: null, revision: 9, oldestRevision: 5, digestOnRecord: false };
  it.each<[string, Partial<TagKnowledge>, string]>([
    [`W/"7-${digest("a")}"`, {}, "weak-tag"],
    [`W/"7-${digest("a")}"`, { comparison: "weak" }, "known"],
    [`"7-${digest("a")}"`, { givenOutFor: "/notes/8" }, "other-resource"],
    [`"12-${digest("a")}"`, {}, "never-issued"],
    ['"abc"', {}, "never-issued"],
    ['"abc"', { ownTags: false }, "not-ours"],
    [`"4-${digest("a")}"`, {}, "expired-tag"],
    [`"4-${digest("a")}"`, { digestOnRecord: true }, "known"],
    [`"7-${digest("a")}-gzip"`, { digestOnRecord: true }, "known"],
  ])("%s %o is %s", (text, change, expected) => expect(findTag(parseEntityTag(text)!, { ...knowledge, ...change })).toBe(expected));
});

const context: ConflictContext = {
  id: "0".repeat(32), at: 5, service: "notes", resource: "/notes/7", callId: "call-1", consumer: "acme", guarantee: "serialized", expected: ['"1-x"'], redact: ["/card", "/people/0/pin"],
  call: { method: "PUT", url: "http://127.0.0.1:8080/notes/7", currentEtag: '"4-y"', access: "key", contentType: "application/json", version: null, conditions: [], underLease: false },
};

describe("the answer and the record", () => {
  const found = evidence({
    base: state("a", { title: "a", card: 1, people: [{ pin: 1 }] }),
    current: now("b", { document: { title: "b", card: 2, people: [{ pin: 2 }] } }),
    overlaps: [{ pointer: "/title", base: "a", theirs: "b", yours: "c" }, { pointer: "/people", base: [{ pin: 1, n: 1 }], yours: [] }],
  });

  it("have every member, and nothing that is to be hidden", () => {
    const refusal = conflictRefusal(diagnose(found), found, context);
    expect(refusal).toMatchObject({
      code: "merge-overlap", status: 412,
      extensions: {
        cause: "concurrent-modification", subcause: "overlap", origin: "gateway", outcome: "not-applied", guarantee: "serialized", retryable: false, expected: ['"1-x"'],
        instance: `/.well-known/parley/conflicts/${"0".repeat(32)}`, base: { etag: found.base?.etag }, current: { etag: found.current?.etag, version: 4, changedAt: "1970-01-01T00:00:00.000Z", changedBy: "globex" },
        changes: [{ op: "replace", path: "/card", value: "redacted" }, { op: "replace", path: "/people/0/pin", value: "redacted" }, { op: "replace", path: "/title", value: "b" }],
        conflicts: [{ pointer: "/title", base: "a", theirs: "b", yours: "c" }, { pointer: "/people", base: [{ pin: "redacted", n: 1 }], yours: [] }],
      },
      headers: { ETag: found.current?.etag, "Proxy-Status": "parley; error=http_request_error" },
    });
    const record = conflictRecordOf(diagnose(found), found, context);
    expect(conflictRecord.parse(record)).toEqual(record);
    expect(record.consumers).toEqual(["acme", "globex"]);
  });

  it("show nothing of a resource that the caller may not read", () => {
    const hidden = evidence({ current: null, base: null });
    expect(conflictRefusal(diagnose(hidden), hidden, context).extensions).not.toHaveProperty("current");
    expect(conflictRefusal(diagnose(hidden), hidden, context).headers).not.toHaveProperty("ETag");
  });

  it("are bounded, and say so", () => {
    const large = (text: string) => Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`member${index}`, text.repeat(200)]));
    const huge = evidence({ base: state("a", large("a")), current: now("b", { document: large("b") }) });
    const refusal = conflictRefusal(diagnose(huge), huge, context);
    expect(JSON.stringify(refusal).length).toBeLessThan(40_000);
    expect(refusal.extensions).toMatchObject({ truncated: true });
  });

  it("carry the headers of their status", () => {
    const refuse = (row: keyof typeof decisionOrder, afterMs?: number) => conflictRefusal(diagnosisOfRow(decisionOrder[row], afterMs === undefined ? {} : { afterMs }), null, context);
    expect(refuse("preconditionMissing").headers).toMatchObject({ "Cache-Control": "no-store" });
    expect(refuse("resting", 1_200).headers).toMatchObject({ "Retry-After": "2" });
    expect(refuse("responseLost").headers).toMatchObject({ "Proxy-Status": "parley; error=connection_terminated" });
    const relayed = evidence({ current: now("a"), ...upstream(409, "taken") });
    expect(conflictRefusal(diagnose(relayed), relayed, context).headers).toMatchObject({ "Proxy-Status": "parley; received-status=409" });
  });

  it("name the holder of a lease", () => {
    const refusal = conflictRefusal(diagnosisOfRow(decisionOrder.leaseHeld), null, { ...context, holder: { name: "globex", expiresAt: 60_000 } });
    expect(refusal.extensions).toMatchObject({ cause: "locked", subcause: "held", holder: "globex", expiresAt: "1970-01-01T00:01:00.000Z" });
  });
});

describe("what to do next", () => {
  const next = (diagnosis: Parameters<typeof conflictRefusal>[0], call: Partial<ConflictContext["call"]> = {}) =>
    (conflictRefusal(diagnosis, null, { ...context, call: { ...context.call, ...call } }).extensions as { next: { curl: string; sdk: string } }).next;

  it("is a command with the current tag in it, and a call of the library", () => {
    const step = next(diagnose(evidence()));
    expect(step.curl).toContain(`-X PUT -H 'If-Match: "4-y"' -H 'Content-Type: application/json' --data-binary @body.json 'http://127.0.0.1:8080/notes/7'`);
    expect(step.sdk).toBe('await client.update("http://127.0.0.1:8080/notes/7", (current) => ({ ...current /* your change */ }));');
    expect(next(diagnosisOfRow(decisionOrder.resting, { afterMs: 3_000 })).curl).toMatch(/^sleep 3 && curl .* -X PUT/);
    expect(next(diagnosisOfRow(decisionOrder.leaseExpired)).curl).toContain("-X LOCK");
    expect(next(diagnosisOfRow(decisionOrder.keyMismatch), { method: "POST" }).curl).toContain("Idempotency-Key");
    expect(next(diagnosisOfRow(decisionOrder.responseLost)).curl).toMatch(/-i 'http/);
  });

  it("repeats a call with all that made it safe, and never as another one", () => {
    const conditions = conditionsOf({ "if-match": '"3-x"', "idempotency-key": "o'1", accept: "*/*" });
    const later = next(diagnosisOfRow(decisionOrder.leaseHeld), { conditions });
    expect(later.curl).toContain(String.raw`-X PUT -H 'if-match: "3-x"' -H 'idempotency-key: o'\''1' -H 'Content-Type`);
    expect(later.sdk).toContain(String.raw`{ method: "PUT", headers: { "if-match": "\"3-x\"", "idempotency-key": "o'1" }, body }`);
    expect(next(diagnosisOfRow(decisionOrder.keyInFlight), { method: "POST", conditions }).curl).toContain("idempotency-key");
    expect(next(diagnosisOfRow(decisionOrder.leaseHeld), { method: "DELETE", conditions }).sdk).not.toContain("body");
  });

  it("repeats a write under a lease with the lease's token, which is named and not shown, and changes again under it", () => {
    const later = next(diagnosisOfRow(decisionOrder.resting, { afterMs: 1_000 }), { conditions: [["if-match", '"3-x"']], underLease: true });
    expect(later.curl).toBe(`sleep 1 && curl -H "Authorization: Bearer $PARLEY_KEY" -X PUT -H "Lock-Token: <$LOCK_TOKEN>" -H 'if-match: "3-x"' -H 'Content-Type: application/json' --data-binary @body.json 'http://127.0.0.1:8080/notes/7'`);
    expect(later.sdk).toContain(String.raw`{ method: "PUT", headers: { "if-match": "\"3-x\"", ...lock.headers }, body }`);
    const again = next(diagnose(evidence()), { underLease: true });
    expect([again.curl, again.sdk]).toEqual([expect.stringContaining(`-X PUT -H "Lock-Token: <$LOCK_TOKEN>" -H 'If-Match: "4-y"'`), "await lock.update((current) => ({ ...current /* your change */ }));"]);
    expect(next(diagnosisOfRow(decisionOrder.ledgerDown), { method: "LOCK", underLease: true }).curl).toContain('-X LOCK -H "Lock-Token: <$LOCK_TOKEN>"');
    expect(next(diagnosisOfRow(decisionOrder.leaseExpired), { underLease: true }).curl).not.toContain("Lock-Token");
  });

  it.each([
    ["open", "curl -i"],
    ["key", 'curl -H "Authorization: Bearer $PARLEY_KEY" -i'],
    ["jwt", 'curl -H "Authorization: Bearer $PARLEY_TOKEN" -i'],
    ["mtls", "curl --cert client.pem --key client.key -i"],
  ] as const)("proves who is calling as the service asks for it: %s", (access, begins) => {
    expect(next(diagnosisOfRow(decisionOrder.responseLost), { access }).curl).toBe(`${begins} 'http://127.0.0.1:8080/notes/7'`);
    expect(next(diagnose(evidence()), { access }).curl.split("curl ").slice(1).map((command) => `curl ${command}`)).toEqual([expect.stringContaining(begins), expect.stringContaining(begins.replace(/ -i$/, ""))]);
  });

  it("makes what is not there, unless it is there by then, and names no tag that nobody can know", () => {
    const gone = evidence({ current: { ...now("b"), exists: false, etag: null } });
    const next = (method: string) => conflictMembers.parse(conflictRefusal(diagnose(gone), gone, { ...context, call: { ...context.call, method, currentEtag: null } }).extensions).next;
    expect(next("PUT")?.curl).toBe(`curl -H "Authorization: Bearer $PARLEY_KEY" -X PUT -H 'If-None-Match: *' -H 'Content-Type: application/json' --data-binary @body.json 'http://127.0.0.1:8080/notes/7'`);
    for (const method of ["PATCH", "DELETE"]) expect(next(method)?.curl).toBe(`curl -H "Authorization: Bearer $PARLEY_KEY" -i 'http://127.0.0.1:8080/notes/7'`);
  });

  it("has a key for another request in it, which is the same whenever the command is repeated, and no program that may be missing", () => {
    const members = conflictMembers.parse(conflictRefusal(diagnosisOfRow(decisionOrder.keyMismatch, {}), null, context).extensions);
    expect(members.next?.curl).toContain(` -X PUT -H 'Idempotency-Key: "${"0".repeat(32)}"' `);
  });

  it("does nothing else, whatever the address holds", () => {
    const url = "http://h/a'; touch /tmp/never; echo '$(id)`id`";
    const { curl } = next(diagnosisOfRow(decisionOrder.responseLost), { url, access: "open" });
    expect(execFileSync("sh", ["-c", curl.replace(/^curl -i/, "printf %s")], { encoding: "utf8" })).toBe(url);
  });
});

describe("redaction", () => {
  it("hides a place, what is above it and what is below it", () => {
    expect(redactValue({ a: { b: 1, c: 2 } }, "", ["/a/b"])).toEqual({ a: { b: "redacted", c: 2 } });
    expect(redactValue(7, "/a/b/c", ["/a/b"])).toBe("redacted");
    expect(redactValue({ b: 1 }, "/a", ["/a/b"])).toEqual({ b: "redacted" });
    expect(redactValue([{ pin: 1 }], "/people", ["/people/0/pin"])).toEqual([{ pin: "redacted" }]);
    expect(redactValue({ "x/y": 1 }, "", ["/x~1y"])).toEqual({ "x/y": "redacted" });
    expect(redactValue({ ab: 1 }, "", ["/a"])).toEqual({ ab: 1 });
  });
});
