/** What an upstream's refusal says. Callers ask for compressed answers, and get compressed refusals. */
import { isUtf8 } from "node:buffer";
import { codingOf, decoded } from "./content-coding.ts";
import { fieldValue } from "../../../exchange/raw-fields.ts";

export interface RefusalAnswer {
  status: number;
  rawHeaders: readonly string[];
  body: Buffer;
}

/** So much of a refusal is looked at; what an error says is said by then. */
export const refusalBodyBytes = 16 * 1024;
const maxDecodedBytes = 1024 * 1024;

/** In no content coding; empty where it cannot be read. */
export function refusalBody({ rawHeaders, body }: RefusalAnswer): Buffer {
  return decoded(body, codingOf(fieldValue(rawHeaders, "content-encoding")), maxDecodedBytes) ?? Buffer.alloc(0);
}

/** Of another charset its letters of ASCII count, which is what codes are made of. */
export function textOf(body: Buffer): string {
  return body.toString(isUtf8(body) ? "utf8" : "latin1", 0, refusalBodyBytes);
}
