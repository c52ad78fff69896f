/**
 * Observing: finds updates that are lost in silence, and edits that overlap, from what passes by. Hides how documents are
 * kept (salted digests by pointer, no bodies) and what is forgotten when there is too much. Forgetting can hide a finding and
 * never makes one. Pure and synchronous: imports nothing but types.
 */
export { digestMergePatch, digestDocument, type DigestOptions, type DocumentDigests, sameValue, type Salt, valueAt, type WrittenDigests } from "./document-digests.ts";
export { PointerTable } from "./pointer-table.ts";
export { LostUpdateDetector, type DetectorLimits } from "./detector.ts";
export type { LostUpdate, Overtaken, PotentialConflict } from "./findings.ts";
