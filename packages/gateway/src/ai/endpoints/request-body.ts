// Hot path: once for each AI call.
/** The body of an AI call: one JSON object. A large one, which holds images, is parsed only where it has to be translated. */
import { RefusalError } from "../../exchange/answer.ts";
import { isObject, tryParseJson } from "../conversation/json.ts";
import type { JsonDraft, JsonObject } from "../conversation/json.ts";
import { outlineOf } from "../raw-json/media-outline.ts";
import type { MediaOutline } from "../raw-json/media-outline.ts";
import { memberText, topLevelMembers } from "../raw-json/top-level-members.ts";
import { findJsonFault } from "./json-position.ts";

/** Up to here parsing costs next to nothing, and a fault is found before the provider sees it. */
const parsedAtOnceBytes = 256 * 1024;

export class RequestBody {
  readonly bytes: Buffer;
  /** The members that were asked for, at least. */
  readonly head: JsonObject;
  #parsed: JsonObject | null = null;
  #outline: MediaOutline | null | undefined;

  /** Throws a `RefusalError` with the place where the body stops being JSON. */
  constructor(bytes: Buffer, headMembers: readonly string[]) {
    this.bytes = bytes;
    this.head = (bytes.length > parsedAtOnceBytes ? readHead(bytes, headMembers) : null) ?? this.parsed;
  }

  get parsed(): JsonObject {
    return (this.#parsed ??= parseBody(this.bytes.toString("utf8")));
  }

  /** Made once, whatever becomes of the call. */
  outline(makeMark: () => string): MediaOutline | null {
    if (this.#outline === undefined) this.#outline = this.bytes.length > parsedAtOnceBytes ? outlineOf(this.bytes, makeMark()) : null;
    return this.#outline;
  }
}

/** Null where the bytes are no object that can be looked through. */
function readHead(bytes: Buffer, names: readonly string[]): JsonObject | null {
  const found = topLevelMembers(bytes, names);
  if (!found) return null;
  const head: JsonDraft = {};
  for (const [name, range] of Object.entries(found.members)) {
    const value = tryParseJson(memberText(bytes, range));
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
