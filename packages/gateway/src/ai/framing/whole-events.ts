// Hot path: every chunk of a stream that is passed through.
/** Holds back what is torn: bytes go on in whole events, so that each can be looked at and none is sent in part. */

const empty = Buffer.alloc(0);

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export class WholeEvents {
  #held: Buffer = empty;
  /** What ends a line, told by the first one: a carriage return alone is one too (HTML standard, event streams), and goes on as LF. */
  #lineEnd: "unknown" | "feed" | "carriage" = "unknown";

  get heldBytes(): number {
    return this.#held.length;
  }

  /** The events that are complete now, as the bytes that they came as. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#lineEnd === "feed" ? this.#joined(chunk) : this.#fed(chunk);
    const end = endOfLastEvent(bytes);
    this.#held = end === bytes.length ? empty : bytes.subarray(end);
    return end === bytes.length ? bytes : bytes.subarray(0, end);
  }

  #joined(chunk: Buffer): Buffer {
    return this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
  }

  #fed(chunk: Buffer): Buffer {
    if (this.#lineEnd === "carriage") return this.#joined(withFeeds(chunk));
    const bytes = this.#joined(chunk);
    this.#lineEnd = lineEndIn(bytes);
    return this.#lineEnd === "carriage" ? withFeeds(bytes) : bytes;
  }

  /** What came after the last whole event. */
  rest(): Buffer {
    const rest = this.#held;
    this.#held = empty;
    return rest;
  }
}

function lineEndIn(bytes: Buffer): "unknown" | "feed" | "carriage" {
  const carriage = bytes.indexOf(carriageReturn);
  const feed = bytes.indexOf(lineFeed);
  if (feed !== -1 && (carriage === -1 || feed <= carriage + 1)) return "feed";
  // As the last byte it may be the first half of CRLF.
  return carriage === -1 || carriage === bytes.length - 1 ? "unknown" : "carriage";
}

/** No value of JSON holds a carriage return as it is. */
function withFeeds(bytes: Buffer): Buffer {
  const fed = Buffer.from(bytes);
  for (let at = fed.indexOf(carriageReturn); at !== -1; at = fed.indexOf(carriageReturn, at + 1)) fed[at] = lineFeed;
  return fed;
}

/** Each event with the blank line at its end. */
export function splitEvents(bytes: Buffer): Buffer[] {
  const events: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = endOfFirstEvent(bytes, start);
    events.push(bytes.subarray(start, end));
    start = end;
  }
  return events;
}

/**
 * Whether each event looks like one with a JSON object, from its first and its last byte: what does not is looked into. The
 * events themselves are not parsed, which would cost more than all else that is done for a chunk.
 */
export function lookSound(bytes: Buffer): boolean {
  for (let start = 0; start < bytes.length; ) {
    const end = endOfFirstEvent(bytes, start);
    let last = end - 1;
    while (last > start && (bytes[last] === 0x0a || bytes[last] === 0x0d)) last -= 1;
    const first = bytes[start];
    const isComment = first === 0x3a;
    const isField = first === 0x64 || first === 0x65 || first === 0x69;
    if (!isComment && !(isField && bytes[last] === 0x7d)) return false;
    start = end;
  }
  return true;
}

/** The text of an event's data; null where it has none. */
export function eventData(event: Buffer): string | null {
  const data = event.indexOf("data:");
  if (data === -1) return null;
  const text = event.toString("utf8", data + 5).trim();
  return text.includes("\n") ? dataLines(text) : text;
}

/** Further lines of data belong to it, those of other fields do not. */
function dataLines(text: string): string {
  const [first = "", ...lines] = text.split(/\r?\n/);
  return [first, ...lines.flatMap((line) => (line.startsWith("data:") ? [line.slice(line.startsWith(" ", 5) ? 6 : 5)] : []))].join("\n");
}

function endOfLastEvent(bytes: Buffer): number {
  const last = bytes.length - 1;
  if (bytes[last] === 0x0a && (bytes[last - 1] === 0x0a || (bytes[last - 1] === 0x0d && bytes[last - 2] === 0x0a))) return bytes.length;
  const feeds = bytes.lastIndexOf("\n\n");
  const carriages = bytes.lastIndexOf("\r\n\r\n");
  return Math.max(feeds === -1 ? 0 : feeds + 2, carriages === -1 ? 0 : carriages + 4);
}

function endOfFirstEvent(bytes: Buffer, start: number): number {
  const feeds = bytes.indexOf("\n\n", start);
  const carriages = bytes.indexOf("\r\n\r\n", start);
  return Math.min(feeds === -1 ? bytes.length : feeds + 2, carriages === -1 ? bytes.length : carriages + 4);
}
