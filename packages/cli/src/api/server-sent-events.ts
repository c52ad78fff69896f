/** Reads server-sent events (WHATWG HTML §9.2) from a stream, wherever its chunks are cut. */

export interface ServerSentEvent {
  name: string;
  data: string;
}

/** A server of ours never sends a longer line; another one shall not fill the memory. */
const maxLineLength = 16 * 1024 * 1024;

export async function* serverSentEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let rest = "";
  let event: ServerSentEvent = { name: "message", data: "" };
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)) {
    const lines = `${rest}${chunk}`.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    if (rest.length > maxLineLength) throw new Error("the stream has a line without end");
    for (const line of lines) {
      if (line === "" && event.data !== "") yield { ...event, data: event.data.slice(0, -1) };
      event = line === "" ? { name: "message", data: "" } : withLine(event, line);
    }
  }
}

function withLine(event: ServerSentEvent, line: string): ServerSentEvent {
  const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
  if (field === "event") return { ...event, name: value };
  return field === "data" ? { ...event, data: `${event.data}${value}\n` } : event;
}
