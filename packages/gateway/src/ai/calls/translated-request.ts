// Hot path: once for each attempt at a provider that speaks another dialect than the caller.
/**
 * The request to a provider in its own words. Of a large request only the outline is read and written, and its media go on
 * as slices of the caller's bytes. Where something else than that was made of them (a text file's bytes become text, say),
 * or the outline is refused, all of the request is read, so that nobody sees a stand-in.
 */
import { RefusalError } from "../../exchange/answer.ts";
import type { WholeBody } from "../../upstreams/body-pieces.ts";
import type { OutgoingRequest } from "../../upstreams/transport.ts";
import type { DialectName } from "../conversation/content.ts";
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
  const betas = betasOf(call);
  if (betas.length > 0 && !takesBetas.has(dialect.name)) notes.dropped(betasField, "what is new at Anthropic is known there only");
  const { quirks } = target.account;
  const request = dialect.writeRequest(asked, { model: target.model, stream: call.stream, betas, takesReasoning: quirks?.takesReasoning }, notes);
  noteUnsaidParts(conversation, dialect.name, notes);
  findUnknown(call.judgedBody(), call.caller.known, (path) => notes.dropped(path, "nobody knows it here"));
  const body = bytesOf(stringify(quirks ? bendObject(request.body, quirks, notes) : request.body));
  return body && { request: outgoing({ call, target, path: request.path, fields: fieldsFor(call, spoken, request.headers), body }), dialect, notes };
}

const betasField = "anthropic-beta";
const takesBetas: ReadonlySet<DialectName> = new Set(["anthropic-messages", "bedrock-converse"]);
const noFields: readonly string[] = [];

/** What is new at Anthropic and the caller asks for by name, in whatever API it speaks. */
function betasOf({ exchange: { rawHeaders } }: AiCall): readonly string[] {
  const named = rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === betasField);
  return named.length === 0 ? noFields : [...new Set(named.join(",").split(",").map((beta) => beta.trim()))].filter((beta) => beta !== "");
}

export function namesBetas(call: AiCall): boolean {
  return betasOf(call).length > 0;
}

/** What a caller says in header fields that a provider of the dialect reads reaches it also where the body is written anew. */
function fieldsFor({ exchange }: AiCall, { passThrough }: ProviderDialect, written: readonly string[]): readonly string[] {
  if (!passThrough) return written;
  const said = passedFields(exchange.rawHeaders, { requestFields: passThrough.requestFields, requiredFields: noFields });
  if (said.length === 0) return written;
  const fields = [...written];
  // What was written holds, be it of the dialect or of what it was asked.
  for (let index = 0; index < said.length; index += 2) if (!written.includes(said[index] ?? "")) fields.push(said[index] ?? "", said[index + 1] ?? "");
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
