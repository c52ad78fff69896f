/** Hot path of services with compression. Whether an answer is coded, and how its fields say so. */
import type { Coding, Compression } from "@parley/contract/config/compression";
import { dropFields } from "../../exchange/changed-head.ts";
import { fieldValue } from "../../exchange/raw-fields.ts";
import { codedTag } from "./coded-tags.ts";

/** Of the plain bytes, all of them; a part of coded bytes is none of a plain body. */
const ofPlainBytes: ReadonlySet<string> = new Set(["content-length", "accept-ranges", "content-md5", "digest", "content-digest", "repr-digest"]);
const withoutBody: ReadonlySet<number> = new Set([204, 205, 206, 226, 304]);

export class CodedHead {
  readonly #settings: Compression;
  readonly #isType: (type: string) => boolean;
  readonly #coding: Coding | null;
  readonly #givenCodings: ReadonlyMap<string, string> | null;

  /** `coding` is what the caller takes best; `givenCodings` those of its conditions, by plain tag. */
  constructor(settings: Compression, { isType, coding, givenCodings }: { isType: (type: string) => boolean; coding: Coding | null; givenCodings: ReadonlyMap<string, string> | null }) {
    this.#settings = settings;
    this.#isType = isType;
    this.#coding = coding;
    this.#givenCodings = givenCodings;
  }

  /** In place; answers how the body is to be coded, if it is. */
  change(status: number, rawHeaders: string[]): Coding | null {
    if (status === 304) this.#nameGivenTag(rawHeaders);
    if (withoutBody.has(status) || !this.#isOurs(rawHeaders)) return null;
    addVary(rawHeaders);
    const coding = this.#coding;
    if (coding === null) return null;
    dropFields(rawHeaders, (name) => ofPlainBytes.has(name));
    const tag = indexOf(rawHeaders, "etag");
    if (tag !== -1) rawHeaders[tag + 1] = codedTag(rawHeaders[tag + 1] as string, coding);
    rawHeaders.push("Content-Encoding", coding);
    return coding;
  }

  /** Would be coded, and does not say how long it is. */
  isOfUnknownLength(status: number, rawHeaders: readonly string[]): boolean {
    return this.#coding !== null && !withoutBody.has(status) && fieldValue(rawHeaders, "content-length") === undefined && this.#isOurs(rawHeaders);
  }

  isShort(bytes: number): boolean {
    return bytes < this.#settings.min;
  }

  /** The next one under the same name may be coded. */
  leaveAlone(rawHeaders: string[]): void {
    addVary(rawHeaders);
  }

  #isOurs(rawHeaders: readonly string[]): boolean {
    const coding = fieldValue(rawHeaders, "content-encoding");
    if ((coding !== undefined && coding !== "identity") || indexOf(rawHeaders, "content-range") !== -1) return false;
    if (forbidsChanges(fieldValue(rawHeaders, "cache-control"))) return false;
    const length = fieldValue(rawHeaders, "content-length");
    if (length !== undefined && Number(length) < this.#settings.min) return false;
    const type = (fieldValue(rawHeaders, "content-type") ?? "").split(";", 1)[0] as string;
    return this.#isType(type.trim().toLowerCase());
  }

  /** The caller has the body under the tag that it was given with. */
  #nameGivenTag(rawHeaders: string[]): void {
    addVary(rawHeaders);
    const at = indexOf(rawHeaders, "etag");
    const coding = at === -1 ? undefined : this.#givenCodings?.get(rawHeaders[at + 1] as string);
    if (coding !== undefined) rawHeaders[at + 1] = codedTag(rawHeaders[at + 1] as string, coding);
  }
}

/** RFC 9111 §5.2.1.6 and §5.2.2.6: said by either side. */
export function forbidsChanges(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && /(?:^|[\s,])no-transform(?:$|[\s,])/i.test(cacheControl);
}

/** Events are for whoever reads them one by one, and each is short. */
export function typeMatcher(types: readonly string[]): (type: string) => boolean {
  const whole = new Set(types);
  const groups = new Set(types.filter((type) => type.endsWith("/*")).map((type) => type.slice(0, -1)));
  return (type) => type !== "text/event-stream" && (whole.has(type) || groups.has(type.slice(0, type.indexOf("/") + 1)));
}

function addVary(rawHeaders: string[]): void {
  const at = indexOf(rawHeaders, "vary");
  if (at === -1) rawHeaders.push("Vary", "Accept-Encoding");
  else if (!/(?:^|[\s,])(?:accept-encoding|\*)(?:$|[\s,])/i.test(rawHeaders[at + 1] as string)) rawHeaders[at + 1] = `${rawHeaders[at + 1]}, Accept-Encoding`;
}

function indexOf(rawHeaders: readonly string[], lowerName: string): number {
  for (let index = 0; index < rawHeaders.length; index += 2) if ((rawHeaders[index] as string).toLowerCase() === lowerName) return index;
  return -1;
}
