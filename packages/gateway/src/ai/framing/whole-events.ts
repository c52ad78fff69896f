// Hot path: every chunk of a stream that is passed through.
/** Holds back what is torn: bytes go on in whole events, so that each can be looked at and none is sent in part. */

const empty = Buffer.alloc(0);

export class WholeEvents {
  #held: Buffer = empty;

  get heldBytes(): number {
    return this.#held.length;
  }

  /** The events that are complete now, as the bytes that they came as. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const end = endOfLastEvent(bytes);
    this.#held = end === bytes.length ? empty : bytes.subarray(end);
    return end === bytes.length ? bytes : bytes.subarray(0, end);
  }

  /** What came after the last whole event. */
  rest(): Buffer {
    const rest = this.#held;
    this.#held = empty;
    return rest;
  }
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
  return data === -1 ? null : event.toString("utf8", data + 5).trim().replace(/\r?\ndata: ?/g, "\n");
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
