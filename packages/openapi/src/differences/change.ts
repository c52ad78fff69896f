/** One change between two documents, and how it is found. */
import { createHash } from "node:crypto";

/** `breaking`: a client that kept to the older document may fail. `unknown`: nobody can say, as where a schema is beyond comparing. */
export type Severity = "breaking" | "non-breaking" | "unknown";
export type Direction = "request" | "response";

/** One change, as it is listed, and acknowledged, by people. */
export interface Change {
  /** The same for the same change, however often it is found: to acknowledge it by. */
  id: string;
  kind: ChangeKind;
  severity: Severity;
  /** Whom it concerns: who sends requests, who reads answers. */
  direction: Direction;
  /** As the older document names it, or the newer one where the older has none. */
  operation: string;
  /** Method and path: `GET /notes/{id}`. */
  endpoint: string;
  /** Where in the request or the answer: `body /title`, `query limit`, `200 /title`. Empty for the operation as a whole. */
  place: string;
  message: string;
  /** Where in the older document, or in the newer where it is new. */
  pointer: string;
  /** What calls use that this concerns, as the call record's `uses` has it; absent where every call of the operation is concerned. */
  uses?: string;
}

export type ChangeKind =
  | "operation-removed" | "operation-added" | "operation-deprecated" | "operation-id-changed"
  | "parameter-removed" | "parameter-added" | "parameter-required" | "parameter-optional" | "parameter-style-changed"
  | "body-added" | "body-removed" | "body-required" | "body-optional" | "media-type-removed" | "media-type-added" | "encoding-changed"
  | "status-removed" | "status-added" | "header-removed" | "header-added" | "security-tightened" | "security-loosened" | "security-changed"
  | "property-removed" | "property-added" | "property-required" | "property-optional"
  | "type-narrowed" | "type-widened" | "type-changed" | "null-removed" | "null-added" | "enum-removed" | "enum-added" | "enum-value-removed" | "enum-value-added"
  | "format-changed" | "constraint-tightened" | "constraint-loosened" | "pattern-changed" | "default-changed"
  | "additional-closed" | "additional-opened" | "alternative-removed" | "alternative-added" | "composition-changed" | "access-changed" | "schema-removed" | "schema-added";

export type NewChange = Omit<Change, "id">;

export function withId(change: NewChange): Change {
  const { kind, direction, endpoint, place, message } = change;
  return { id: createHash("sha256").update(JSON.stringify([kind, direction, endpoint, place, message])).digest("hex").slice(0, 12), ...change };
}
