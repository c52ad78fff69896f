/** Reading a document's text, for whoever takes documents in. */
export { compactDocument } from "./document/compact.ts";
export { maxDocumentBytes, readDocument, type DocumentMistake, type DocumentReading } from "./document/read-document.ts";
