// Hot path: once for each attempt at a provider that speaks another dialect than the caller.
/**
 * The request to a provider in its own words. Of a large request only the outline is read and written, and its media go on
 * as slices of the caller's bytes. Where something else than that was made of them (a text file's bytes become text, say),
 * or the outline is refused, all of the request is read, so that nobody sees a stand-in.
 */
import { RefusalError } from "../../exchange/answer.ts";
import type { WholeBody } from "../../upstreams/body-pieces.ts";
import type { OutgoingRequest } from "../../upstreams/transport.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { withForeignHistory } from "../conversation/foreign-history.ts";
import { withFreeTextTools } from "../conversation/free-text-tools.ts";
import { findUnknown } from "../conversation/known-members.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import { plainTools } from "../conversation/plain-tools/plain-tools.ts";
import { withRestoredCalls } from "../conversation/plain-tools/restored-calls.ts";
import { withServerTools } from "../conversation/server-tools/with-server-tools.ts";
import { withWebFetch } from "../conversation/server-tools/web-fetch.ts";
import { TranslationNotes } from "../conversation/translation-notes.ts";
import { noteUnsaidParts } from "../conversation/unsaid-parts.ts";
import { withWebSearch } from "../conversation/web-search.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { bendObject } from "../models/quirks.ts";
import type { AiCall } from "./ai-call.ts";
import { outgoing, passedFields } from "./outgoing-request.ts";

export interface Translated {
  readonly request: OutgoingRequest;
  readonly dialect: ProviderDialect;
  readonly notes: TranslationNotes;
}

/** Throws a `RefusalError` where the dialect cannot say what the caller asks. */
export function translatedRequest(call: AiCall, target: ModelTarget, spoken: ProviderDialect): Translated {
  return outlined(call, target, spoken) ?? written(call, target, { spoken, conversation: call.conversation, bytesOf: (text) => Buffer.from(text) }) as Translated;
}

/** Null where all of the request has to be read. */
function outlined(call: AiCall, target: ModelTarget, spoken: ProviderDialect): Translated | null {
  const outline = call.changed === null ? call.outline : null;
  if (!outline) return null;
  try {
    return written(call, target, { spoken, conversation: call.caller.parseRequest(outline.value), bytesOf: (text) => outline.restored(text) });
  } catch (error) {
    // What is wrong is said in the caller's own words.
    if (error instanceof RefusalError || error instanceof RangeError) return null;
    throw error;
  }
}

interface Writing {
  spoken: ProviderDialect;
  conversation: Conversation;
  bytesOf: (text: string) => WholeBody | null;
}

function written(call: AiCall, target: ModelTarget, { spoken, conversation, bytesOf }: Writing): Translated | null {
  const notes = new TranslationNotes();
  const plain = plainTools(conversation, spoken.name, notes);
  const asked = plain?.conversation ?? conversation;
  const speaking = withFreeTextTools(withServerTools(withWebFetch(withWebSearch(withForeignHistory(spoken, asked), asked), asked), asked), asked);
  const dialect = plain ? withRestoredCalls(speaking, plain.calls) : speaking;
  call.ports.media?.expectPublic(conversation);
  const request = dialect.writeRequest(asked, { model: target.model, stream: call.stream }, notes);
  noteUnsaidParts(conversation, dialect.name, notes);
  findUnknown(call.judgedBody(), call.caller.known, (path) => notes.dropped(path, "nobody knows it here"));
  const { quirks } = target.account;
  const body = bytesOf(stringify(quirks ? bendObject(request.body, quirks, notes) : request.body));
  return body && { request: outgoing({ call, target, path: request.path, fields: fieldsFor(call, spoken, { written: request.headers, notes }), body }), dialect, notes };
}

const betas = "anthropic-beta";
const noFields: readonly string[] = [];

/** What a caller says in header fields reaches a provider of its own dialect also where the body is written anew. */
function fieldsFor(call: AiCall, { name, passThrough }: ProviderDialect, { written: fields, notes }: { written: readonly string[]; notes: TranslationNotes }): readonly string[] {
  const { caller, exchange } = call;
  if (name !== caller.name) {
    if (caller.name === "anthropic-messages" && exchange.rawHeaders.some((field, index) => index % 2 === 0 && field.toLowerCase() === betas)) notes.dropped(betas, "what is new at Anthropic is known there only");
    return fields;
  }
  if (!passThrough) return fields;
  const said = passedFields(exchange.rawHeaders, { requestFields: passThrough.requestFields, requiredFields: noFields });
  return said.length === 0 ? fields : joinedFields(fields, said);
}

/** A list is one field with all that both name; of any other field the one that was written holds. */
function joinedFields(written: readonly string[], said: readonly string[]): readonly string[] {
  const fields = [...written];
  for (let index = 0; index < said.length; index += 2) {
    const [name = "", value = ""] = [said[index], said[index + 1]];
    const at = fields.indexOf(name);
    if (at === -1) fields.push(name, value);
    else if (name === betas) fields[at + 1] = [...new Set([...(fields[at + 1] ?? "").split(","), ...value.split(",")].map((beta) => beta.trim()))].join(",");
  }
  return fields;
}

/** Nesting that exhausts the stack is the caller's doing. */
function stringify(body: object): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    if (error instanceof RangeError) return refuseParameter("invalid-request", "", "the body is nested too deeply");
    throw error;
  }
}
