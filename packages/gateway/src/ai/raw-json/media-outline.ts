// Hot path: once for each translated or guarded request of more than a quarter of a megabyte.
/**
 * A large request's JSON with its long media (base64 in a string) left where they are: in their place stands a text that is
 * short, looks like base64 too, and is put back as a slice of the request's own bytes when what was made of it is written.
 * So an image of 20 MiB is there once, however often the request around it is read and written.
 */
import { hash } from "node:crypto";
import { isObject, tryParseJson } from "../conversation/json.ts";
import type { JsonObject } from "../conversation/json.ts";
import { skipString } from "./top-level-members.ts";

/** A shorter one costs less than the stand-in's bookkeeping. */
const longRun = 16 * 1024;
/** The beginning tells what kind of media it is, and stays. */
const headLength = 64;
/** As long as what others take for media and no text. */
const standInLength = 1024;
const indexDigits = 8;
const dataUrl = /^data:[^,"\\]{0,200},/;
const quote = 0x22;
/** 1 for what stands in base64 of either alphabet. */
const isBase64 = Uint8Array.from({ length: 256 }, (_, byte) => (/[A-Za-z0-9+/_=-]/.test(String.fromCharCode(byte)) ? 1 : 0));

interface Run {
  readonly start: number;
  readonly end: number;
}

export class MediaOutline {
  /** The request with stand-ins. */
  readonly value: JsonObject;
  readonly #mark: string;
  readonly #media: readonly Buffer[];

  constructor(value: JsonObject, mark: string, media: readonly Buffer[]) {
    this.value = value;
    this.#mark = mark;
    this.#media = media;
  }

  /** The text with the media put back. Null where one of them is missing or was changed, so that the text says something else than it should. */
  restored(text: string): Buffer[] | null {
    const pieces: Buffer[] = [];
    const seen = new Set<number>();
    let from = 0;
    for (let at = text.indexOf(this.#mark); at !== -1; at = text.indexOf(this.#mark, from)) {
      const index = Number(text.slice(at + this.#mark.length, at + this.#mark.length + indexDigits));
      const media = this.#media[index];
      if (!media || !text.startsWith(standIn(this.#mark, index), at)) return null;
      pieces.push(Buffer.from(text.slice(from, at)), media);
      seen.add(index);
      from = at + standInLength;
    }
    if (seen.size !== this.#media.length) return null;
    pieces.push(Buffer.from(text.slice(from)));
    return pieces;
  }

  /** The text with a digest in the place of each of the media, the same for the same request at any time. */
  digested(text: string): string {
    return this.#media.reduce((rest, media, index) => rest.replaceAll(standIn(this.#mark, index), () => hash("sha256", media)), text);
  }
}

/** Null where there are no long media, or where the bytes are no JSON object. `mark` is 24 letters and digits that nobody can guess. */
export function outlineOf(bytes: Buffer, mark: string): MediaOutline | null {
  const runs = longRuns(bytes);
  if (runs.length === 0) return null;
  let text = "";
  let from = 0;
  for (const [index, { start, end }] of runs.entries()) {
    text += bytes.toString("utf8", from, start) + standIn(mark, index);
    from = end;
  }
  const value = tryParseJson(text + bytes.toString("utf8", from));
  return isObject(value) ? new MediaOutline(value, mark, runs.map(({ start, end }) => bytes.subarray(start, end))) : null;
}

/** As many characters as make whole bytes, so that what decodes it and encodes it again leaves it as it was. */
function standIn(mark: string, index: number): string {
  return (mark + String(index).padStart(indexDigits, "0")).padEnd(standInLength, "A");
}

function longRuns(bytes: Buffer): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (let start = bytes.indexOf(quote); start !== -1; start = bytes.indexOf(quote, end)) {
    end = skipString(bytes, start);
    const run = end - start > longRun ? mediaRun(bytes, start + 1, end - 1) : null;
    if (run) runs.push(run);
  }
  return runs;
}

/** The part of a string that a stand-in may take the place of. */
function mediaRun(bytes: Buffer, start: number, end: number): Run | null {
  const prefix = dataUrl.exec(bytes.toString("latin1", start, start + 220))?.[0].length ?? 0;
  const from = start + prefix;
  const length = end - from;
  const head = bytes.toString("latin1", from, from + headLength);
  // Some read a number, or a signed token, where others see media.
  if (length < longRun || head.startsWith("eyJ") || /^\d*$/.test(head)) return null;
  for (let at = from; at < end; at++) if (isBase64[bytes[at] as number] === 0) return null;
  return { start: from + headLength, end: end - 4 - (length % 4) };
}
