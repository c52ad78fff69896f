/** A page of the gateway's own on a stream. */
import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { OwnPage } from "../own-pages.ts";

export function sendPage(stream: ServerHttp2Stream, method: string, { status, rawHeaders, body }: OwnPage): void {
  if (stream.destroyed || stream.closed) return;
  const fields: OutgoingHttpHeaders = { ":status": status };
  for (let index = 0; index < rawHeaders.length; index += 2) fields[(rawHeaders[index] as string).toLowerCase()] = rawHeaders[index + 1] as string;
  // Whatever the client sends besides is for nobody.
  stream.on("error", () => {}).resume();
  stream.respond(fields, { endStream: method === "HEAD" });
  if (method !== "HEAD") stream.end(body);
}
