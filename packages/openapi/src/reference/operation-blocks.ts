/** One operation as blocks: what it takes, what it gives, and a request to try it with. */
import type { Json, JsonObject } from "@parley/merge";
import { objectAt, resolved, textAt, type ApiDocument, type Placed } from "../document/document.ts";
import type { Operation, Parameter } from "../document/operations.ts";
import { cut, paragraph, type Block, type Inline } from "./blocks.ts";
import { exampleBody, exampleOf } from "./example-values.ts";
import { inlinesOf, proseOf } from "./prose.ts";
import { said, schemaRows, typeName } from "./schema-rows.ts";

const longestDescription = 20_000;
const longestNote = 2_000;
const [mostParameters, mostResponses, mostMedia] = [100, 30, 3];

export interface OperationBlocks {
  blocks: Block[];
  summary: string;
}

export function operationBlocks(document: ApiDocument, operation: Operation, { anchor, serverPath }: { anchor: string; serverPath: string }): OperationBlocks {
  const own = resolved(document, { $ref: operation.place }, "#")?.value ?? {};
  const summary = cut((textAt(own, "summary") ?? "").replaceAll(/\s+/g, " ").trim(), 200);
  const path = cut(`${serverPath}${operation.path === "/" && serverPath !== "" ? "" : operation.path}` || "/", 1_000);
  const blocks: Block[] = [
    { kind: "heading", level: 3, id: anchor, text: [{ code: `${operation.method} ${path}` }, ...(summary === "" ? [] : [` ${summary}`]), ...(operation.deprecated ? [" (deprecated)"] : [])] },
    ...proseOf(textAt(own, "description"), longestDescription),
    ...parameterBlocks(document, operation.parameters),
    ...bodyBlocks(document, operation),
    ...responseBlocks(document, operation),
    { kind: "heading", level: 4, text: ["Example"] },
    exampleRequest(document, operation, path),
  ];
  return { blocks, summary };
}

function parameterBlocks(document: ApiDocument, parameters: readonly Parameter[]): Block[] {
  if (parameters.length === 0) return [];
  const items = parameters.slice(0, mostParameters).map((parameter) => ({ depth: 0, text: parameterText(document, parameter) }));
  if (parameters.length > mostParameters) items.push({ depth: 0, text: [`and ${parameters.length - mostParameters} more`] });
  return [{ kind: "heading", level: 4, text: ["Parameters"] }, { kind: "list", items }];
}

function parameterText(document: ApiDocument, parameter: Parameter): Inline[] {
  const own = holderOf(document, parameter.place);
  const schema = parameter.schema === null ? {} : (resolved(document, parameter.schema.value, parameter.schema.place)?.value ?? {});
  const description = textAt(own, "description") ?? textAt(schema, "description");
  const { description: _said, title: _title, ...constraints } = schema;
  return [
    { strong: cut(parameter.name, 100) }, ` in the ${parameter.in}, `, { code: typeName(document, parameter.schema?.value) }, ...(parameter.required ? [", required"] : []), ...(own["deprecated"] === true ? [", deprecated"] : []),
    ...said(constraints), ...(description === null ? [] : [" — ", ...inlinesOf(cut(description.replaceAll(/\s+/g, " ").trim(), longestNote))]),
  ];
}

function holderOf(document: ApiDocument, place: string): JsonObject {
  return resolved(document, { $ref: place }, "#")?.value ?? {};
}

function bodyBlocks(document: ApiDocument, { body }: Operation): Block[] {
  if (body === null) return [];
  const own = holderOf(document, body.place);
  return [{ kind: "heading", level: 4, text: [body.required ? "Body" : "Body, which may be left out"] }, ...proseOf(textAt(own, "description"), longestNote), ...mediaBlocks(document, body.content)];
}

function mediaBlocks(document: ApiDocument, content: ReadonlyMap<string, Placed | null>): Block[] {
  const shown = [...content].slice(0, mostMedia).flatMap(([type, schema]): Block[] => [paragraph({ code: cut(type, 200) }), ...(schema === null ? [] : [{ kind: "list" as const, items: schemaRows(document, schema) }])]);
  const others = [...content.keys()].slice(mostMedia, mostMedia + 10);
  return others.length === 0 ? shown : [...shown, paragraph("Also ", ...others.map((type, index) => (index === 0 ? cut(type, 200) : `, ${cut(type, 200)}`)), ".")];
}

function responseBlocks(document: ApiDocument, { responses }: Operation): Block[] {
  const list = [...responses].slice(0, mostResponses);
  const blocks = list.flatMap(([status, response]): Block[] => {
    const own = holderOf(document, response.place);
    const description = cut((textAt(own, "description") ?? "").replaceAll(/\s+/g, " ").trim(), longestNote);
    const headers = [...response.headers.keys()].slice(0, 30);
    // What an error looks like is much the same everywhere: its type is told.
    const media = /^[13-5D]/i.test(status) ? errorTypes(document, response.content) : mediaBlocks(document, response.content);
    return [
      paragraph({ strong: status === "default" ? "otherwise" : cut(status, 20) }, ...(description === "" ? [] : [" ", ...inlinesOf(description)])),
      ...(headers.length === 0 ? [] : [paragraph("With ", ...headers.flatMap((name, index): Inline[] => [...(index === 0 ? [] : [", "]), { code: cut(name, 100) }]))]),
      ...media,
    ];
  });
  return blocks.length === 0 ? [] : [{ kind: "heading", level: 4, text: ["Answers"] }, ...blocks];
}

function errorTypes(document: ApiDocument, content: ReadonlyMap<string, Placed | null>): Block[] {
  const items = [...content].slice(0, mostMedia).map(([type, schema]) => ({ depth: 0, text: [{ code: cut(type, 200) }, ...(schema === null ? [] : [": ", { code: typeName(document, schema.value) }])] as Inline[] }));
  return items.length === 0 ? [] : [{ kind: "list", items }];
}

function exampleRequest(document: ApiDocument, operation: Operation, path: string): Block {
  const value = (parameter: Parameter): string => plainText(exampleOf(document, holderOf(document, parameter.place)));
  const wanted = operation.parameters.filter(({ required }) => required).slice(0, mostParameters);
  const byName = new Map(operation.parameters.filter((parameter) => parameter.in === "path").map((parameter) => [parameter.name, parameter]));
  const filled = path.replaceAll(/\{([^{}/]+)\}/g, (_whole, name: string) => encodeURIComponent((byName.has(name) ? value(byName.get(name) as Parameter) : "") || name));
  const query = wanted.filter((parameter) => parameter.in === "query").map((parameter) => `${encodeURIComponent(parameter.name.toWellFormed())}=${encodeURIComponent(value(parameter))}`).join("&");
  const fields = wanted.filter((parameter) => parameter.in === "header").map((parameter): [string, string] => [oneLine(parameter.name), oneLine(value(parameter))]);
  const body = operation.body === null ? null : exampleBody(document, objectAt(holderOf(document, operation.body.place), "content"));
  return { kind: "request", method: operation.method, path: query === "" ? filled : `${filled}?${query}`, fields: [...fields, ...(body === null ? [] : [["Content-Type", oneLine(body.type)] as const])], body: body?.body ?? null };
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
