// Hot path: looked for in every chunk that is passed through.
/**
 * Finds a finish reason in bytes of chat completions without parsing them. Inside of a string the key's quotes would be
 * escaped, so that what is found is a key.
 */
import type { FinishReason } from "../../conversation/answer.ts";
import { parseFinishReason } from "./finish-reason.ts";

/** Begins with what is rare in what models say and in JSON: a search for a quote stops at every other word. */
const ending = Buffer.from('_reason"');
const beginning = Buffer.from('"finish');

export function finishReasonIn(bytes: Buffer): FinishReason | undefined {
  for (let at = bytes.indexOf(ending); at !== -1; at = bytes.indexOf(ending, at + ending.length)) {
    if (!endsWith(bytes, at, beginning)) continue;
    const value = valueAfter(bytes, at + ending.length);
    if (bytes[value] !== 0x22) continue;
    const end = bytes.indexOf(0x22, value + 1);
    if (end > value + 1) return parseFinishReason(bytes.toString("utf8", value + 1, end));
  }
  return undefined;
}

function endsWith(bytes: Buffer, end: number, word: Buffer): boolean {
  for (let index = 1; index <= word.length; index++) if (bytes[end - index] !== word[word.length - index]) return false;
  return true;
}

/** Where the value of a key begins whose closing quote is before `position`. */
export function valueAfter(bytes: Buffer, position: number): number {
  let value = position;
  while (bytes[value] === 0x3a || bytes[value] === 0x20) value += 1;
  return value;
}
