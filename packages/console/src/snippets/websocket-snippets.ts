/** A WebSocket's opening (RFC 6455 §4.1) as a program that works as pasted: curl, and TypeScript for Node. Python has none without installing something. */
import { type SnippetLanguage, type SnippetRequest, snippetOf } from "./http-snippets.ts";

export const webSocketLanguages: readonly SnippetLanguage[] = ["curl", "TypeScript"];

/** Any 16 bytes will do. */
const challenge = "cGFybGV5LW9wZW5zLWl0IQ==";

export function webSocketSnippetOf(language: SnippetLanguage, { url, key }: Pick<SnippetRequest, "url" | "key">): string {
  return language === "TypeScript" ? typeScript({ url, key }) : curl({ url, key });
}

/** Shows the answer, and ends with it: curl would wait for what comes over the connection. */
function curl({ url, key }: Pick<SnippetRequest, "url" | "key">): string {
  const fields = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${challenge}`];
  const plain = snippetOf("curl", { method: "GET", url, key, body: null });
  return [plain, "--http1.1 --no-buffer --max-time 5", ...fields.map((field) => `-H '${field}'`)].join(" \\\n  ");
}

function typeScript({ url, key }: Pick<SnippetRequest, "url" | "key">): string {
  const credentials = key === "variable" ? "Bearer ${process.env.PARLEY_KEY}" : key ? `Bearer ${key.text}` : null;
  const options = credentials === null ? "" : `, { headers: { authorization: \`${credentials}\` } }`;
  return [
    `const socket = new WebSocket(${JSON.stringify(url.replace(/^http/, "ws"))}${options});`,
    'socket.onopen = () => console.log("open");',
    "socket.onmessage = ({ data }) => console.log(data);",
    'socket.onerror = () => console.log("it was refused or broke off");',
    'socket.onclose = ({ code, reason }) => console.log("closed", code, reason);',
  ].join("\n");
}
