/** A document for those who call by it: what they may read of it, and its reference. For a thread of its own; gateways' calls never need it. */
export type { Block, Inline } from "./reference/blocks.ts";
export { paragraph } from "./reference/blocks.ts";
export { exampleCalls } from "./reference/example-calls.ts";
export { publicDocument, type Placing } from "./reference/public-document.ts";
export { referenceOf, type ReferenceIndex } from "./reference/reference.ts";
export { yamlText } from "./reference/yaml-text.ts";
