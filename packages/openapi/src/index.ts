/**
 * OpenAPI documents: the operations in them, whether calls are as they say, what changed between two, and mappings of
 * bodies between versions. Hides references, dialects (3.0, 3.1) and schemas. Pure: no socket, no file, no process;
 * may import `@parley/merge`. Reading a document's text is apart (`@parley/openapi/reading`), since gateways never do.
 */
export { documentOf, type ApiDocument } from "./document/document.ts";
export type { BodyContent } from "./requests/forms/body-content.ts";
export type { FormField } from "./requests/forms/form-fields.ts";
export { CallValidator, type CallViolation, type CompiledOperation, type FoundOperation, type RequestParts } from "./requests/call-validator.ts";
export { isJsonType } from "./requests/media-types.ts";
export type { Change, Severity } from "./differences/change.ts";
export { compareDocuments, type Difference } from "./differences/compare-documents.ts";
export { compileMapping, type Mapping, type MappingStep } from "./mapping/apply-mapping.ts";
export { checkMapping, checkPlaces, type MappingMistake } from "./mapping/check-mapping.ts";
