/** A request to try an operation with: what has to be there, with values of the document's own or the plainest that fit. */
import type { Json } from "@parley/merge";
import { objectAt, type ApiDocument } from "../document/document.ts";
import { holderOf, type Operation, type Parameter } from "../document/operations.ts";
import { cut } from "./blocks.ts";
import { exampleContent, exampleOf } from "./example-values.ts";

const mostParameters = 100;

export interface ExampleRequest {
  method: string;
  /** With its query. */
  path: string;
  /** The body's type among them. */
  fields: [string, string][];
  /** Undefined where nothing can be made up. */
  content: { type: string; value: Json | undefined } | null;
}

/** `path` has names in braces. */
export function exampleRequest(document: ApiDocument, operation: Operation, path: string): ExampleRequest {
  const wanted = operation.parameters.filter(({ required }) => required).slice(0, mostParameters);
  const byName = new Map(operation.parameters.filter((parameter) => parameter.in === "path").map((parameter) => [parameter.name, parameter]));
  const filled = path.replaceAll(/\{([^{}/]+)\}/g, (_whole, name: string) => encodeURIComponent((byName.has(name) ? exampleText(document, byName.get(name) as Parameter) : "") || name));
  const query = wanted.filter((parameter) => parameter.in === "query").map((parameter) => `${encodeURIComponent(parameter.name.toWellFormed())}=${encodeURIComponent(exampleText(document, parameter))}`).join("&");
  const fields = wanted.filter((parameter) => parameter.in === "header").map((parameter): [string, string] => [oneLine(parameter.name), oneLine(exampleText(document, parameter))]);
  const content = operation.body === null ? null : exampleContent(document, objectAt(holderOf(document, operation.body.place), "content"));
  return { method: operation.method, path: query === "" ? filled : `${filled}?${query}`, fields: content === null ? fields : [...fields, ["Content-Type", oneLine(content.type)]], content };
}

/** What a parameter would be, as it stands in a request. */
export function exampleText(document: ApiDocument, parameter: Parameter): string {
  return plainText(exampleOf(document, holderOf(document, parameter.place)));
}

function plainText(value: Json): string {
  if (value === null) return "";
  const text = typeof value === "string" ? value : Array.isArray(value) ? value.map((item) => plainText(item)).join(",") : JSON.stringify(value);
  return cut(text, 300).toWellFormed();
}

function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out.
  return cut(text.replaceAll(/[\u0000-\u001f\u007f]+/g, " "), 300);
}
