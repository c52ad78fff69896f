/** A request as a program: curl, TypeScript, Python. Each works as pasted, with nothing to install. */

export type SnippetLanguage = "curl" | "TypeScript" | "Python";
export const snippetLanguages: readonly SnippetLanguage[] = ["curl", "TypeScript", "Python"];

export interface SnippetRequest {
  method: string;
  url: string;
  /** The key itself where it was made this minute; else the variable PARLEY_KEY; null for none. */
  key: { text: string } | "variable" | null;
  body: string | null;
  /** Of the body: JSON, unless it says otherwise. */
  contentType?: string;
}

export function snippetOf(language: SnippetLanguage, request: SnippetRequest): string {
  switch (language) {
    case "curl":
      return curl(request);
    case "TypeScript":
      return typeScript(request);
    case "Python":
      return python(request);
  }
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const json = "application/json";

function curl({ method, url, key, body, contentType = json }: SnippetRequest): string {
  // A method may hold what a shell acts on (RFC 9110 section 5.6.2), and curl makes many addresses of one with brackets or braces, and another of one with dots.
  const asItIs = `${/[[\]{}]/.test(url) ? "--globoff " : ""}${/\/\.{1,2}(\/|$)/.test(url) ? "--path-as-is " : ""}`;
  const lines = [`curl -i ${asItIs}${method === "GET" ? "" : `-X ${/^[A-Z]+$/.test(method) ? method : shellQuoted(method)} `}${shellQuoted(url)}`];
  if (key === "variable") lines.push(`-H "Authorization: Bearer $PARLEY_KEY"`);
  else if (key) lines.push(`-H ${shellQuoted(`Authorization: Bearer ${key.text}`)}`);
  if (body !== null) lines.push(`-H ${shellQuoted(`Content-Type: ${contentType}`)}`, `${body.startsWith("@") ? "--data-raw" : "-d"} ${shellQuoted(body)}`);
  return lines.join(" \\\n  ");
}

function typeScript({ method, url, key, body, contentType = json }: SnippetRequest): string {
  const headers = [key === "variable" ? "authorization: `Bearer ${process.env.PARLEY_KEY}`" : key ? `authorization: ${JSON.stringify(`Bearer ${key.text}`)}` : "", body === null ? "" : `"content-type": ${JSON.stringify(contentType)}`];
  const lines = [`const answer = await fetch(${JSON.stringify(url)}, {`, `  method: ${JSON.stringify(method)},`, `  headers: { ${headers.filter((line) => line !== "").join(", ")} },`];
  if (body !== null) lines.push(isJson(body) ? `  body: JSON.stringify(${body}),` : `  body: ${JSON.stringify(body)},`);
  return [...lines, "});", "console.log(answer.status, await answer.text());"].join("\n");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function python({ method, url, key, body, contentType = json }: SnippetRequest): string {
  const headers = [key === "variable" ? `"Authorization": "Bearer " + os.environ["PARLEY_KEY"]` : key ? `"Authorization": ${JSON.stringify(`Bearer ${key.text}`)}` : "", body === null ? "" : `"Content-Type": ${JSON.stringify(contentType)}`];
  return [
    key === "variable" ? "import os, urllib.error, urllib.request" : "import urllib.error, urllib.request",
    "",
    "request = urllib.request.Request(",
    `    ${JSON.stringify(url)},`,
    `    method=${JSON.stringify(method)},`,
    `    headers={${headers.filter((line) => line !== "").join(", ")}},`,
    ...(body === null ? [] : [`    data=${JSON.stringify(body)}.encode(),`]),
    ")",
    "try:",
    "    answer = urllib.request.urlopen(request)",
    "except urllib.error.HTTPError as refused:",
    "    answer = refused",
    "print(answer.status, answer.read().decode())",
  ].join("\n");
}
