/**
 * What two changes of one JSON document have to do with each other: differences (RFC 6902), patches as clients send them
 * (RFC 6902, RFC 7396), and the three-way merge. Hides how documents are walked, copied and kept from polluting prototypes.
 * Pure and without dependencies, since browsers load it too: imports nothing.
 */
export { isLongNumber, parseExactly, scalarText } from "./exact-numbers.ts";
export { equalJson, isJsonObject, type Json, type JsonObject } from "./json.ts";
export { defaultLimits, exceedsLimits, type Limits, type LimitsRefusal } from "./limits.ts";
export { appendToken, escapeToken, formatPointer, isWithin, parsePointer, resolvePointer, unescapeToken } from "./pointer.ts";
export { diff, type DiffOptions, type Difference } from "./diff.ts";
export { repeatedMember } from "./repeated-member.ts";
export { applyJsonPatch, type PatchResult } from "./json-patch.ts";
export { applyMergePatch, mergePatchBetween } from "./merge-patch.ts";
export type { MergeRules, Overlap } from "./merging.ts";
export { type MergeResult, threeWayMerge } from "./three-way.ts";
