/** Server-sent events out of text that comes in pieces of any size. */
export interface StreamEvent {
  event: string;
  data: string;
}

/** Takes pieces, gives the events that are whole by now. */
export function eventStreamReader(): (piece: string) => StreamEvent[] {
  let rest = "";
  return (piece) => {
    // A line break may be cut in two: a piece's last CR waits for what follows.
    const text = (rest + piece).replaceAll(/\r\n?(?!$)/g, "\n");
    const blocks = text.split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => eventOf(block) ?? []);
  };
}

function eventOf(block: string): StreamEvent | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { event, data: data.join("\n") };
}
