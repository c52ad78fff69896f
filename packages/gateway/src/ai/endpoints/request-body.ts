// Hot path: once for each AI call.
/** The body of an AI call: one JSON object. It is parsed only where somebody wants more of it than a few members, as a translation does. */
import { RefusalError } from "../../exchange/answer.ts";
import { isObject, tryParseJson } from "../conversation/json.ts";
import type { JsonDraft, JsonObject } from "../conversation/json.ts";
import type { PassThrough } from "../conversation/pass-through.ts";
import { outlineOf } from "../raw-json/media-outline.ts";
import type { MediaOutline } from "../raw-json/media-outline.ts";
import { ObjectScan } from "../raw-json/object-scan.ts";
import { memberValue, topLevelMembers } from "../raw-json/top-level-members.ts";
import type { MemberRange, TopLevel } from "../raw-json/top-level-members.ts";
import { fileWords } from "./kept/referenced-files.ts";
import { findJsonFault } from "./json-position.ts";

/** Up to here a fault is found before the provider sees it; more is images, which nobody looks through for nothing. */
const readAtOnceBytes = 256 * 1024;

/** How a body is read whose call may pass as it is. */
export interface HeadScan {
  readonly scan: ObjectScan;
  /** The caller's own way through; null where its dialect has none. */
  readonly own: PassThrough | null;
}

const [fileBit, foreignBit] = [1, 2];

export function headScan(names: readonly string[], own: PassThrough | null): HeadScan {
  return { scan: new ObjectScan(names, [fileWords, own?.foreignWords ?? []]), own };
}

export class RequestBody {
  readonly bytes: Buffer;
  /** The members that were asked for, at least. */
  readonly head: JsonObject;
  /** Where those of a scan are, one of each; null where that is not known. */
  readonly found: TopLevel | null;
  /** False where no string can be a file's name, or tell of one. */
  readonly mayNameFiles: boolean;
  /** The way through that may be taken without another look; null where that is not known. */
  readonly passesBy: PassThrough | null;
  #parsed: JsonObject | null = null;
  #outline: MediaOutline | null | undefined;

  /** Throws a `RefusalError` with the place where the body stops being JSON. With the names alone a body that is not large is parsed. */
  constructor(bytes: Buffer, wanted: readonly string[] | HeadScan) {
    this.bytes = bytes;
    const isLarge = bytes.length > readAtOnceBytes;
    const [reading, names] = "scan" in wanted ? [wanted, wanted.scan.names] : [null, wanted];
    const scanned = reading && !isLarge ? reading.scan.of(bytes) : null;
    const seen = scanned?.seen ?? fileBit | foreignBit;
    this.found = scanned && !scanned.isAmbiguous ? scanned : null;
    this.mayNameFiles = (seen & fileBit) !== 0;
    this.passesBy = reading && (seen & foreignBit) === 0 ? reading.own : null;
    this.head = (scanned ? headOf(bytes, scanned) : isLarge ? readHead(bytes, names) : null) ?? this.parsed;
  }

  get parsed(): JsonObject {
    return (this.#parsed ??= parseBody(this.bytes.toString("utf8")));
  }

  /** Made once, whatever becomes of the call. */
  outline(makeMark: () => string): MediaOutline | null {
    if (this.#outline === undefined) this.#outline = this.bytes.length > readAtOnceBytes ? outlineOf(this.bytes, makeMark()) : null;
    return this.#outline;
  }
}

/** Null where the bytes are no object that can be looked through. */
function readHead(bytes: Buffer, names: readonly string[]): JsonObject | null {
  const found = topLevelMembers(bytes, names);
  return found && headOf(bytes, found);
}

function headOf(bytes: Buffer, { members }: TopLevel): JsonObject | null {
  const head: JsonDraft = {};
  for (const name in members) {
    const value = memberValue(bytes, members[name] as MemberRange);
    if (value === undefined) return null;
    head[name] = value;
  }
  return head;
}

function parseBody(text: string): JsonObject {
  const value = tryParseJson(text);
  if (value === undefined) return refuse(describeFault(text));
  return isObject(value) ? value : refuse("the body has to be a JSON object");
}

function describeFault(text: string): string {
  if (text.trim() === "") return "the body is empty; it has to be a JSON object";
  const fault = findJsonFault(text);
  if (!fault) return "the body is not JSON";
  const what = fault.offset >= text.length ? "it ends too early" : `${JSON.stringify(text[fault.offset])} may not stand there`;
  return `the body is not JSON: ${what}, at line ${fault.line}, column ${fault.column} (position ${fault.offset})`;
}

function refuse(detail: string): never {
  throw new RefusalError({ code: "malformed-json", detail });
}
