/**
 * A call as a program that makes it again. The record keeps neither bodies nor queries nor keys: the key is a variable,
 * and where the call had a body, a small one of the right shape stands in its place.
 */
import type { CallRecord } from "@parley/contract/call-record";

export type SnippetLanguage = "curl" | "TypeScript" | "Python";
export const snippetLanguages: readonly SnippetLanguage[] = ["curl", "TypeScript", "Python"];

interface Repetition {
  method: string;
  url: string;
  withKey: boolean;
  /** JSON text. */
  body: string | null;
}

export function snippetOf(language: SnippetLanguage, call: CallRecord, gatewayUrl: string): string {
  const repetition: Repetition = {
    method: call.method,
    url: `${gatewayUrl}${call.path}`,
    // An unknown consumer was refused, and is refused again without a key.
    withKey: call.consumer !== undefined || call.error === "unknown-key",
    body: bodyOf(call),
  };
  switch (language) {
    case "curl":
      return curl(repetition);
    case "TypeScript":
      return typeScript(repetition);
    case "Python":
      return python(repetition);
  }
}

function bodyOf(call: CallRecord): string | null {
  if (call.requestBytes === 0) return null;
  if (call.kind !== "ai") return "{}";
  const stream = call.stream ? { stream: true } : {};
  return JSON.stringify({ model: call.modelRequested ?? "sandbox/echo", messages: [{ role: "user", content: "Hello" }], ...stream });
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function curl({ method, url, withKey, body }: Repetition): string {
  const lines = [`curl -i ${method === "GET" ? "" : `-X ${method} `}${shellQuoted(url)}`];
  if (withKey) lines.push(`-H "Authorization: Bearer $PARLEY_KEY"`);
  if (body !== null) lines.push(`-H 'Content-Type: application/json'`, `-d ${shellQuoted(body)}`);
  return lines.join(" \\\n  ");
}

function typeScript({ method, url, withKey, body }: Repetition): string {
  const headers = [withKey ? "authorization: `Bearer ${process.env.PARLEY_KEY}`" : "", body === null ? "" : `"content-type": "application/json"`].filter((line) => line !== "");
  const lines = [`const answer = await fetch(${JSON.stringify(url)}, {`, `  method: ${JSON.stringify(method)},`];
  if (headers.length > 0) lines.push(`  headers: { ${headers.join(", ")} },`);
  if (body !== null) lines.push(`  body: JSON.stringify(${body}),`);
  return [...lines, "});", "console.log(answer.status, await answer.text());"].join("\n");
}

function python({ method, url, withKey, body }: Repetition): string {
  const headers = [withKey ? `"Authorization": "Bearer " + os.environ["PARLEY_KEY"]` : "", body === null ? "" : `"Content-Type": "application/json"`].filter((line) => line !== "");
  return [
    "import os, urllib.request, urllib.error",
    "",
    "request = urllib.request.Request(",
    `    ${JSON.stringify(url)},`,
    `    method=${JSON.stringify(method)},`,
    `    headers={${headers.join(", ")}},`,
    ...(body === null ? [] : [`    data=${JSON.stringify(body)}.encode(),`]),
    ")",
    "try:",
    "    answer = urllib.request.urlopen(request)",
    "except urllib.error.HTTPError as refused:",
    "    answer = refused",
    "print(answer.status, answer.read().decode())",
  ].join("\n");
}
