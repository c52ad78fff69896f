/** The guard with one of its parts taken out, each as a change of its source; and the tests that have to notice. */

export interface Mutant {
  /** What is missing. */
  without: string;
  file: string;
  /** Stands there once. */
  original: string;
  mutated: string;
  suite: string;
  /** Of the suite: at least one of the tests with this in their names has to fail. */
  noticedBy: string;
}

const guard = "packages/gateway/src/policies/conflict";
const lostUpdates = { suite: `${guard}/guard/strategies.test.ts`, noticedBy: "loses no update" };

export const mutants: readonly Mutant[] = [
  {
    without: "the place in the resource's queue",
    file: `${guard}/guard/write/write.ts`,
    original: "lockPath: lockPath(call, request),",
    mutated: "lockPath: `${path}#${exchange.id}`,",
    ...lostUpdates,
  },
  {
    without: "the comparison",
    file: `${guard}/guard/write/judge.ts`,
    original: 'if (verdict.kind === "proceed") return { kind: "proceed", merged: null };',
    mutated: 'if (verdict.kind !== "not-modified") return { kind: "proceed", merged: null };',
    ...lostUpdates,
  },
  {
    without: "strong comparison",
    file: `${guard}/preconditions/evaluate.ts`,
    original: "matchesCurrent(preconditions.ifMatch, current.etag, comparison)",
    mutated: 'matchesCurrent(preconditions.ifMatch, current.etag, "weak")',
    suite: `${guard}/preconditions/evaluate.test.ts`,
    noticedBy: "",
  },
  {
    without: "a look at the lease",
    file: `${guard}/guard/write/write.ts`,
    original: "lockPath: lockPath(call, request),",
    mutated: "lockPath: `${lockPath(call, request)}#unleased`,",
    suite: `${guard}/guard/decision-order.test.ts`,
    noticedBy: "step 5",
  },
  {
    without: "the order in which a batch takes its places",
    file: `${guard}/batches/item-places.ts`,
    original: ".toSorted(([left], [right]) => (left < right ? -1 : 1))",
    mutated: "",
    suite: "tests/history-checker/guarded-batches.test.ts",
    noticedBy: "never wait for each other",
  },
  {
    without: "the lock that several items of a batch share",
    file: `${guard}/batches/item-places.ts`,
    original: "const held = await prepare(taking, { item: withToken, lockPath, path: lockPath, lockToken: withToken.request.lockToken });",
    mutated: "const held = await prepare(taking, { item: withToken, lockPath: `${lockPath}#${batch.exchange.id}`, path: lockPath, lockToken: withToken.request.lockToken });",
    suite: "tests/history-checker/guarded-batches.test.ts",
    noticedBy: "one lock for all",
  },
  {
    without: "the order of several workers' observations",
    file: `${guard}/watch/peers/merged-order.ts`,
    original: ".toSorted((one, other) => one.stampMs - other.stampMs)",
    mutated: "",
    suite: `${guard}/watch/peers/shared-observations.test.ts`,
    noticedBy: "in order",
  },
  {
    without: "all or nothing of a changeset",
    file: `${guard}/batches/batch-trip.ts`,
    original: "const complete = withoutIncomplete(outgoing, items);",
    mutated: "const complete = withoutIncomplete(outgoing, []);",
    suite: `${guard}/batches/multipart/multipart-batches.test.ts`,
    noticedBy: "is sent as a whole or not at all",
  },
  {
    without: "the method that a POST asks to be taken for",
    file: `${guard}/guard/guard-route.ts`,
    original: 'const override = exchange.method === "POST" ? overriddenMethod(exchange.headers) : null;',
    mutated: 'const override = exchange.method === "" ? overriddenMethod(exchange.headers) : null;',
    suite: `${guard}/guard/ways-around.test.ts`,
    noticedBy: "needs a precondition as that one",
  },
  {
    without: "the last digits of long numbers",
    file: `${guard}/requests/json-body.ts`,
    original: 'parseExactly(bytes.toString("utf8"))',
    mutated: 'JSON.parse(bytes.toString("utf8"))',
    suite: `${guard}/guard/write/written-as-it-was.test.ts`,
    noticedBy: "no double can hold",
  },
];
