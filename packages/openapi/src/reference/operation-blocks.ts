/** One operation as blocks: what it takes, what it gives, and a request to try it with. */
import { resolved, textAt, type ApiDocument, type Placed } from "../document/document.ts";
import { holderOf, type Operation, type Parameter } from "../document/operations.ts";
import { cut, paragraph, type Block, type Inline } from "./blocks.ts";
import { exampleRequest } from "./example-request.ts";
import { contentText } from "./example-values.ts";
import { inlinesOf, proseOf } from "./prose.ts";
import { said, schemaRows, typeName } from "./schema-rows.ts";

const longestDescription = 20_000;
const longestNote = 2_000;
const longestBody = 4_000;
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
    requestBlock(document, operation, path),
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

/** A file of one's own where the body is too long to be pasted, or is nothing that can be made up. */
function requestBlock(document: ApiDocument, operation: Operation, path: string): Block {
  const { content, fields, ...request } = exampleRequest(document, operation, path);
  if (content === null) return { kind: "request", ...request, fields, body: null };
  const text = content.value === undefined ? "@file" : contentText({ type: content.type, value: content.value });
  return { kind: "request", ...request, fields, body: text.length > longestBody ? "@body.json" : text };
}
