/** An example request as curl: works as pasted once `PARLEY_KEY` holds a key. Whatever the document says is quoted, and so never read by the shell. */
import type { Block } from "@parley/openapi/reference";
import { curlCredential } from "../exchange/shown-credential.ts";

export interface RequestSetting {
  /** Scheme and authority of the gateway as its caller sees it. */
  origin: string;
  access: "open" | "key" | "jwt" | "mtls";
  /** Writes need a precondition. */
  needsTag: boolean;
}

const guarded = new Set(["PUT", "PATCH", "DELETE"]);

export function curlText({ method, path, fields, body }: Extract<Block, { kind: "request" }>, { origin, access, needsTag }: RequestSetting): string {
  const way = method === "GET" ? "" : method === "HEAD" ? "-I " : `-X ${quoted(method)} `;
  return [
    `curl -i ${way}${quoted(origin + path)}`,
    ...(access === "open" ? [] : [curlCredential[access]]),
    ...(needsTag && guarded.has(method) ? ['-H "If-Match: $ETAG"'] : []),
    ...fields.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === null ? [] : [`--data-binary ${quoted(body)}`]),
  ].join(" \\\n  ");
}

function quoted(text: string): string {
  return /^[A-Z]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
