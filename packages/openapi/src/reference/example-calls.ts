/** The operations of a document as calls that can be made at once, for whoever tries them. */
import { listAt, textAt, type ApiDocument } from "../document/document.ts";
import { holderOf, operationsOf, type Operation } from "../document/operations.ts";
import { cut } from "./blocks.ts";
import { exampleRequest, exampleText } from "./example-request.ts";
import { contentText } from "./example-values.ts";
import type { PublicDocument } from "./public-document.ts";

const [mostOperations, mostParameters, longestBody] = [5_000, 100, 64 * 1024];
/** Of all bodies together: more is a page that nobody waits for. */
const mostBodies = 1024 * 1024;

/** An operation with an example of each of its parameters, and a call that the document takes. */
export interface ExampleCall {
  /** Its operationId, else its method and path. */
  id: string;
  method: string;
  /** On the gateway, with names in braces. */
  path: string;
  summary: string;
  tag: string | null;
  deprecated: boolean;
  parameters: { in: Operation["parameters"][number]["in"]; name: string; required: boolean; example: string }[];
  /** With all that has to be there; `body` is null where there is none, where nothing can be made up, and where it would be too long. */
  example: { path: string; headers: [string, string][]; body: string | null };
}

/** Of the operation with this id alone, or of all; `truncated` where there are more. */
export function exampleCalls({ document, serverPath }: PublicDocument, id?: string): { calls: ExampleCall[]; truncated: boolean } {
  const found = operationsOf(document).filter((operation) => id === undefined || operation.id === id);
  let left = mostBodies;
  const calls = found.slice(0, mostOperations).map((operation) => {
    const call = exampleCall(document, operation, serverPath);
    left -= call.example.body?.length ?? 0;
    return left < 0 ? { ...call, example: { ...call.example, body: null } } : call;
  });
  return { calls, truncated: found.length > calls.length || left < 0 };
}

function exampleCall(document: ApiDocument, operation: Operation, serverPath: string): ExampleCall {
  const own = holderOf(document, operation.place);
  const path = `${serverPath}${operation.path === "/" && serverPath !== "" ? "" : operation.path}` || "/";
  const { content, fields, path: filled } = exampleRequest(document, operation, path);
  const body = content?.value === undefined ? null : contentText({ type: content.type, value: content.value }, 2);
  const [tag] = listAt(own, "tags");
  return {
    id: operation.id, method: operation.method, path: cut(path, 1_000), deprecated: operation.deprecated,
    summary: cut((textAt(own, "summary") ?? "").replaceAll(/\s+/g, " ").trim(), 200),
    tag: typeof tag === "string" ? cut(tag, 100) : null,
    parameters: operation.parameters.slice(0, mostParameters).map((parameter) => ({ in: parameter.in, name: cut(parameter.name, 100), required: parameter.required, example: exampleText(document, parameter) })),
    example: { path: inAscii(filled), headers: fields, body: body === null || body.length > longestBody ? null : body },
  };
}

/** A request's target has nothing else (RFC 3986 §2). */
function inAscii(path: string): string {
  return path.toWellFormed().replaceAll(/[^\u0021-\u007e]/gu, (character) => encodeURIComponent(character));
}
