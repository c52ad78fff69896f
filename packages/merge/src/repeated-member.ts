/**
 * A member that an object of a JSON text has twice. RFC 8259 §4 leaves open which of the two counts, so that one reader would judge the
 * first and another perhaps carry out the second. For texts that JSON.parse has taken: nothing else is checked.
 */
import { formatPointer } from "./pointer.ts";

interface Open {
  /** Null for a list. */
  names: Set<string> | null;
  /** Of the member or the place that is being read. */
  at: string | number;
}

/** As a JSON pointer; null where every name is there once. */
export function repeatedMember(text: string): string | null {
  const open: Open[] = [];
  let isName = false;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case characters.quote: {
        const end = endOfString(text, index);
        const inside = open.at(-1);
        if (isName && inside?.names) {
          inside.at = nameOf(text.slice(index, end + 1));
          if (inside.names.has(inside.at)) return pointerTo(open);
          inside.names.add(inside.at);
        }
        isName = false;
        index = end;
        break;
      }
      case characters.openObject:
        open.push({ names: new Set(), at: "" });
        isName = true;
        break;
      case characters.openList:
        open.push({ names: null, at: 0 });
        break;
      case characters.closeObject:
      case characters.closeList:
        open.pop();
        isName = false;
        break;
      case characters.comma:
        isName = next(open.at(-1));
        break;
    }
  }
  return null;
}

const characters = { quote: 0x22, comma: 0x2c, openObject: 0x7b, closeObject: 0x7d, openList: 0x5b, closeList: 0x5d } as const;

/** Whether a name comes. */
function next(inside: Open | undefined): boolean {
  if (typeof inside?.at === "number") inside.at += 1;
  return inside !== undefined && inside.names !== null;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === "\\") slashes += 1;
  return slashes % 2 === 1;
}

/** One name has many spellings. */
function nameOf(written: string): string {
  return written.includes("\\") ? (JSON.parse(written) as string) : written.slice(1, -1);
}

function pointerTo(open: readonly Open[]): string {
  return formatPointer(open.map(({ at }) => at));
}
