/** All changes between two documents, each classified for those who send and those who read; bounded. */
import type { ApiDocument } from "../document/document.ts";
import { operationsOf, type Operation } from "../document/operations.ts";
import { templateKey } from "../requests/path-matcher.ts";
import { withId, type Change, type NewChange } from "./change.ts";
import { sameComponents } from "./compare-constraints.ts";
import { compareOperations } from "./compare-operations.ts";

/** What changed between two documents, for whoever calls by them. */
export interface Difference {
  /** The breaking ones first. */
  changes: Change[];
  /** True where there are more than are listed; breaking ones are the last to be left out. */
  truncated: boolean;
}

const maxChanges = 5_000;
const ranks = { breaking: 0, unknown: 1, "non-breaking": 2 };

/**
 * From `before` to `after`, each read by `readDocument`. Operations are matched by method and path, whatever their placeholders are
 * called; schemas are compared by what they take, not by how they are written. Lists 5,000 changes at most.
 */
export function compareDocuments(before: ApiDocument, after: ApiDocument): Difference {
  const same = before.dialect === after.dialect ? sameComponents(before.root, after.root) : new Set<string>();
  const sides = { before: { document: before, same }, after: { document: after, same } };
  const others = new Map(operationsOf(after).map((operation) => [keyOf(operation), operation]));
  const changes: NewChange[] = [];
  for (const operation of operationsOf(before)) {
    const other = others.get(keyOf(operation));
    others.delete(keyOf(operation));
    if (other) changes.push(...compareOperations({ before: operation, after: other }, sides));
    else changes.push(wholeChange(operation, { kind: "operation-removed", severity: "breaking", message: `${operation.method} ${operation.path} is gone` }));
  }
  for (const operation of others.values()) changes.push(wholeChange(operation, { kind: "operation-added", severity: "non-breaking", message: `${operation.method} ${operation.path} is new` }));
  const unique = new Map(changes.map((change) => { const full = withId(change); return [full.id, full]; }));
  const sorted = [...unique.values()].toSorted((one, other) => ranks[one.severity] - ranks[other.severity]);
  return { changes: sorted.slice(0, maxChanges), truncated: sorted.length > maxChanges };
}

/** The names of placeholders are nobody's business. */
function keyOf({ method, path }: Operation): string {
  return `${method} ${templateKey(path)}`;
}

function wholeChange(operation: Operation, change: Pick<NewChange, "kind" | "severity" | "message">): NewChange {
  return { ...change, direction: "request", operation: operation.id, endpoint: `${operation.method} ${operation.path}`, place: "", pointer: operation.place };
}
