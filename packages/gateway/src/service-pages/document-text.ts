/** The document as it is given out: with the gateway's address for whoever asks, in front of what is the same for all. */
export interface DocumentParts {
  openapi: string;
  serverPath: string;
  /** Scheme and authority; empty where they cannot be known, and the address is then relative to the document's own (OpenAPI 3.1 §4.8.5). */
  origin: string;
  rest: string;
}

export function documentText(type: "json" | "yaml", { openapi, serverPath, origin, rest }: DocumentParts): string {
  const url = `${origin}${serverPath}` || "/";
  if (type === "json") return `{"openapi":${JSON.stringify(openapi)},"servers":[{"url":${JSON.stringify(url)}}],${rest}\n`;
  return `openapi: ${JSON.stringify(openapi)}\nservers:\n  - url: ${JSON.stringify(url)}\n${rest}`;
}
