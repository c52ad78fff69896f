// Hot path: for each event of a translated stream, and for each part of a whole answer that is translated.
/**
 * What a provider answered and the caller's dialect has no words for: left out, and said. The reverse of `unsaid-parts.ts`,
 * which is about requests.
 */
import type { Answer, FinishReason } from "./answer.ts";
import type { AssistantPart, Citation, DialectName, Signature } from "./content.ts";
import { asObject, asObjects, asText } from "./json.ts";
import type { JsonValue } from "./json.ts";
import type { OwnMembers } from "./own-members.ts";
import type { StreamEvent } from "./stream-event.ts";
import type { TranslationNotes } from "./translation-notes.ts";
import { ArgumentsOfStream, noteUnsaidArguments } from "./unsaid-arguments.ts";
import { noteUnsaidFinish } from "./unsaid-finish.ts";

type Said = "audio" | "image" | "citations" | "logprobs" | "redacted reasoning" | "signature of reasoning" | "signature of text" | "signature of a call" | "signature of an image" | "stop sequence" | "further choices";

const openAiChat: ReadonlySet<Said> = new Set<Said>(["audio", "image", "citations", "logprobs", "redacted reasoning", "signature of reasoning", "signature of text", "signature of a call", "stop sequence", "further choices"]);

/** What each dialect can say in an answer. */
const sayable: Readonly<Record<DialectName, ReadonlySet<Said>>> = {
  "openai-chat": openAiChat,
  "mistral-chat": openAiChat,
  "openai-responses": new Set<Said>(["image", "citations", "logprobs", "redacted reasoning", "signature of reasoning", "signature of text", "signature of a call"]),
  "anthropic-messages": new Set<Said>(["image", "citations", "redacted reasoning", "signature of reasoning", "signature of a call", "stop sequence"]),
  gemini: new Set<Said>(["audio", "image", "citations", "logprobs", "redacted reasoning", "signature of reasoning", "signature of text", "signature of a call", "signature of an image", "further choices"]),
  "bedrock-converse": new Set<Said>(["audio", "image", "citations", "redacted reasoning", "signature of reasoning", "stop sequence"]),
  "cohere-chat": new Set<Said>(["citations"]),
  "ollama-chat": new Set<Said>(["image", "logprobs"]),
};

const members: Readonly<Record<Said, string>> = {
  audio: "content[].audio", image: "content[].image", citations: "content[].citations", logprobs: "logprobs", "redacted reasoning": "content[].redacted_thinking", "signature of reasoning": "content[].thinking.signature",
  "signature of text": "content[].text.signature", "signature of a call": "content[].tool_call.signature", "signature of an image": "content[].image.signature", "stop sequence": "stop_sequence", "further choices": "choices",
};

interface Place {
  /** The caller's. */
  readonly dialect: DialectName;
  readonly notes: TranslationNotes;
}

export function noteUnsaidAnswer({ choices }: Answer, place: Place): void {
  if (choices.length > 1) note("further choices", place);
  const told = sayable[place.dialect].has("further choices") ? choices : choices.slice(0, 1);
  for (const { parts, finish, logprobs } of told) {
    for (const part of parts) notePart(part, place);
    noteFinish(finish, place);
    if (logprobs !== undefined) noteLogprobs(logprobs, place);
  }
}

/** The same of one stream. */
export class UnsaidOfStream {
  readonly #place: Place;
  /** The block of text that began last, of whatever choice: a signature comes before the next one begins. */
  #isText = false;
  readonly #arguments: ArgumentsOfStream | null;

  constructor(place: Place) {
    this.#place = place;
    this.#arguments = ArgumentsOfStream.towards(place.dialect, place.notes);
  }

  get notes(): TranslationNotes {
    return this.#place.notes;
  }

  step(event: StreamEvent): void {
    const place = this.#place;
    switch (event.type) {
      case "text-delta":
        return;
      case "arguments-delta":
        return this.#arguments?.add(event);
      case "part":
        // Bedrock has sound in whole answers alone.
        if (event.part.type === "audio" && place.dialect === "bedrock-converse") place.notes.dropped("answer.content[].audio", "streams of this API have no place for it");
        return notePart(event.part, place);
      case "citation":
        return noteCitation(event.citation, place);
      case "logprobs":
        return noteLogprobs(event.logprobs, place);
      case "finish":
        if (event.choice > 0) note("further choices", place);
        return noteFinish(event.reason, place);
      case "block-end":
        return this.#arguments?.end(event);
      case "block-start":
        this.#isText = event.content.type === "text";
        if (event.content.type === "tool-call") noteCall(event.content, place);
        return;
      case "signature":
        return note(this.#isText ? "signature of text" : "signature of reasoning", place);
      case "start":
      case "usage":
      case "keep-alive":
      case "error":
      case "end":
    }
  }
}

function notePart(part: AssistantPart, place: Place): void {
  switch (part.type) {
    case "text":
      for (const citation of part.citations ?? []) noteCitation(citation, place);
      if (part.signature) note("signature of text", place);
      return;
    case "reasoning":
      if (part.redacted) note("redacted reasoning", place);
      if (part.signature?.value) note("signature of reasoning", place);
      return;
    case "tool-call":
      noteUnsaidArguments(part.arguments, place.dialect, place.notes);
      return noteCall(part, place);
    case "image":
    case "audio":
      if (part.type === "image" && part.signature) note("signature of an image", place);
      if (part.source.type !== "base64" || part.source.data !== "") note(part.type, place);
      return;
    case "native":
      if (part.dialect !== place.dialect) place.notes.dropped(`answer.content[].${part.kind}`, "a tool of the provider's own made it, and the answers of this API have no place for it");
      return;
    case "refusal":
  }
}

function noteCall({ signature, own }: { signature?: Signature | undefined; own?: OwnMembers | undefined }, place: Place): void {
  if (signature) note("signature of a call", place);
  if (!own || own.dialect === place.dialect) return;
  // That the model itself calls a tool is the rule everywhere.
  for (const [name, value] of Object.entries(own.members)) if (!(name === "caller" && asObject(value)?.["type"] === "direct")) place.notes.dropped(`answer.content[].${name}`, "the answers of this API have no place for it");
}

/** These two name the pages, letters or pieces of a document in the same way. */
const locating: ReadonlySet<DialectName> = new Set(["anthropic-messages", "bedrock-converse"]);

function noteCitation({ dialect, url, raw }: Citation, place: Place): void {
  note("citations", place);
  if (dialect === "anthropic-messages" && place.dialect !== dialect && raw["encrypted_index"]) place.notes.dropped("answer.content[].citations[].encrypted_index", "it is Anthropic's own, which takes it back in its own API only");
  if (url === undefined && locating.has(dialect) && !locating.has(place.dialect)) place.notes.dropped(dialect === "bedrock-converse" ? "answer.content[].citations[].location" : `answer.content[].citations[].${asText(raw["type"]) ?? "location"}`, "the answers of this API quote a document, and do not say where in it");
}

/** Those of a refusal's tokens stand apart, and only in chat completions. */
function noteLogprobs(logprobs: JsonValue, place: Place): void {
  note("logprobs", place);
  if (!refusalsOwn.has(place.dialect) && asObjects(asObject(logprobs)?.["refusal"]).length > 0) place.notes.dropped("answer.logprobs.refusal", "the answers of this API have no place for it");
}

const refusalsOwn: ReadonlySet<DialectName> = new Set(["openai-chat", "mistral-chat"]);

function noteFinish(reason: FinishReason, place: Place): void {
  if (reason.stopSequence !== undefined) note("stop sequence", place);
  noteUnsaidFinish(reason, place.dialect, place.notes);
}

function note(what: Said, { dialect, notes }: Place): void {
  if (!sayable[dialect].has(what)) notes.dropped(`answer.${members[what]}`, "the answers of this API have no place for it");
}
