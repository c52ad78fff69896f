// Hot path: every event of a translated stream is written here.
/** Writes frames as an event stream. */
import type { Frame } from "../conversation/dialect.ts";

export function sseText(frames: readonly Frame[]): string {
  let text = "";
  for (const frame of frames) text += frame.event === "" ? `data: ${lines(frame.data)}\n\n` : `event: ${frame.event}\ndata: ${lines(frame.data)}\n\n`;
  return text;
}

/** A comment: it keeps the connection from looking idle and no client sees it. */
export const sseKeepAlive = ": keep-alive\n\n";

/** Fields (name, value, …) that are known too late for the head, where whoever looks at the stream may see them. */
export function sseComments(fields: readonly string[]): string {
  let text = "";
  for (let index = 0; index < fields.length; index += 2) text += `: ${fields[index]}: ${fields[index + 1]}\n\n`;
  return text;
}

/** JSON holds no line ends; anything else gets one data line for each of its lines. */
function lines(data: string): string {
  return data.includes("\n") || data.includes("\r") ? data.replace(/\r\n|\r|\n/g, "\ndata: ") : data;
}
