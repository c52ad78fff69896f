// Hot path: looked for in every chunk that is passed through.
/**
 * Finds a finish reason in bytes of chat completions without parsing them. Inside of a string the key's quotes would be
 * escaped, so that what is found is a key.
 */
import type { FinishReason } from "../../conversation/answer.ts";
import { parseFinishReason } from "./finish-reason.ts";

const key = Buffer.from('"finish_reason"');

export function finishReasonIn(bytes: Buffer): FinishReason | undefined {
  let at = bytes.indexOf(key);
  while (at !== -1) {
    const value = valueAfter(bytes, at + key.length);
    if (bytes[value] === 0x22) {
      const end = bytes.indexOf(0x22, value + 1);
      if (end > value + 1) return parseFinishReason(bytes.toString("utf8", value + 1, end));
    }
    at = bytes.indexOf(key, at + key.length);
  }
  return undefined;
}

/** Where the value of a key begins whose closing quote is before `position`. */
export function valueAfter(bytes: Buffer, position: number): number {
  let value = position;
  while (bytes[value] === 0x3a || bytes[value] === 0x20) value += 1;
  return value;
}
