// Hot path: every event of a translated stream to a Gemini caller is made here.
/** Encodes events as chunks, each a whole response with what is new. Calls come whole; the last chunk has reasons and usage. */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { AssistantPart, Citation } from "../../conversation/content.ts";
import type { CallerError, EncodingContext, Frame, StreamEncoder } from "../../conversation/dialect.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { Grounding } from "./grounding.ts";
import { writeLogprobs } from "./logprobs.ts";
import { writeThoughtSignature } from "./thought-signature.ts";
import { fetchedPages, searched, writeFinishReason, writeGeminiUsage, writeSaidPart } from "./write-answer.ts";
import { writeGeminiError } from "./write-error.ts";

const nothing: readonly Frame[] = [];

interface OpenBlock {
  content: BlockContent;
  arguments: string;
  /** Of a text: citations hold for stretches of it. */
  text: string;
  citations: Citation[];
}

export class GeminiStreamEncoder implements StreamEncoder {
  readonly #context: EncodingContext;
  #id: string;
  #usage: Usage | undefined;
  readonly #finishes: (FinishReason | undefined)[] = [];
  /** By choice and block. */
  readonly #blocks = new Map<string, OpenBlock>();
  /** By choice. */
  readonly #groundings: (Grounding | undefined)[] = [];
  readonly #searches: (JsonObject[] | undefined)[] = [];

  constructor(context: EncodingContext) {
    this.#context = context;
    this.#id = context.callId;
  }

  step(event: StreamEvent): readonly Frame[] {
    switch (event.type) {
      case "start":
        this.#id = event.id ?? this.#id;
        return nothing;
      case "usage":
        this.#usage = event.usage;
        return nothing;
      case "finish":
        this.#finishes[event.choice] = event.reason;
        return nothing;
      case "end":
        return [this.#end()];
      case "block-start":
        this.#blocks.set(`${event.choice}/${event.block}`, { content: event.content, arguments: "", text: "", citations: [] });
        return nothing;
      case "text-delta":
        return [this.#part(event.choice, this.#textPart(event))];
      case "signature":
        return [this.#part(event.choice, { text: "", ...(this.#isThought(event) && { thought: true }), thoughtSignature: writeThoughtSignature(event.signature) })];
      case "arguments-delta": {
        const block = this.#blocks.get(`${event.choice}/${event.block}`);
        if (block) block.arguments += event.json;
        return nothing;
      }
      case "block-end":
        return this.#blockEnd(event.choice, event.block);
      case "part":
        return this.#whole(event.choice, event.part);
      case "citation":
        this.#blocks.get(`${event.choice}/${event.block}`)?.citations.push(event.citation);
        return nothing;
      case "logprobs":
        return [this.#chunk([{ content: { parts: [{ text: "" }], role: "model" }, index: event.choice, logprobsResult: writeLogprobs(event.logprobs) }])];
      case "keep-alive":
      case "error":
        return nothing;
    }
  }

  fail(error: CallerError): readonly Frame[] {
    return [{ event: "", data: JSON.stringify(writeGeminiError(error)) }];
  }

  #textPart(event: Extract<StreamEvent, { type: "text-delta" }>): JsonObject {
    const block = this.#blocks.get(`${event.choice}/${event.block}`);
    if (block?.content.type === "reasoning") return { text: event.text, thought: true };
    if (block) block.text += event.text;
    return { text: event.text };
  }

  #isThought(event: { choice: number; block: number }): boolean {
    return this.#blocks.get(`${event.choice}/${event.block}`)?.content.type === "reasoning";
  }

  #blockEnd(choice: number, number: number): readonly Frame[] {
    const key = `${choice}/${number}`;
    const block = this.#blocks.get(key);
    this.#blocks.delete(key);
    if (block?.content.type === "text" || block?.content.type === "refusal") (this.#groundings[choice] ??= new Grounding()).add(block.text, block.citations);
    if (block?.content.type !== "tool-call") return nothing;
    const { id, name, signature } = block.content;
    return this.#whole(choice, { type: "tool-call", id, name, arguments: block.arguments, signature });
  }

  #whole(choice: number, part: AssistantPart): readonly Frame[] {
    const found = searched([part]);
    if (found.length > 0) {
      (this.#searches[choice] ??= []).push(...found);
      return nothing;
    }
    const urlContextMetadata = fetchedPages([part]);
    if (urlContextMetadata) return [this.#chunk([{ content: { parts: [{ text: "" }], role: "model" }, index: choice, urlContextMetadata }])];
    return writeSaidPart(part).map((written) => this.#part(choice, written));
  }

  #part(choice: number, part: JsonObject): Frame {
    return this.#chunk([{ content: { parts: [part], role: "model" }, index: choice }]);
  }

  #end(): Frame {
    const finishes = this.#finishes.length === 0 ? [undefined] : this.#finishes;
    return this.#chunk(finishes.map((reason, index) => ({ content: { parts: [{ text: "" }], role: "model" }, finishReason: reason ? writeFinishReason(reason) : "STOP", index, groundingMetadata: (this.#groundings[index] ?? new Grounding()).metadata(this.#searches[index]) })), this.#usage);
  }

  #chunk(candidates: readonly JsonValue[], usage?: Usage): Frame {
    const chunk = { candidates, ...(usage && { usageMetadata: writeGeminiUsage(usage) }), modelVersion: this.#context.model, responseId: this.#id };
    return { event: "", data: JSON.stringify(chunk) };
  }
}
