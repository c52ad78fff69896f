// Hot path: every event of a translated stream to a caller of Cohere's API is made here.
/** Encodes events as those of Cohere's v2 chat: texts and thoughts are items of the content, calls have events of their own. */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { Citation } from "../../conversation/content.ts";
import type { CallerError, EncodingContext, Frame, StreamEncoder } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { writeCohereCitation, writeCohereFinish, writeCohereUsage } from "./write-answer.ts";
import { writeCohereError } from "./write-error.ts";

const nothing: readonly Frame[] = [];

interface OpenBlock {
  kind: "text" | "thinking" | "call";
  /** Of the content, or of the calls. */
  index: number;
  text: string;
  citations: Citation[];
}

export class CohereStreamEncoder implements StreamEncoder {
  #id: string;
  #started = false;
  #usage: Usage | undefined;
  #finish: FinishReason | undefined;
  #items = 0;
  #calls = 0;
  #citations = 0;
  readonly #blocks = new Map<number, OpenBlock>();

  constructor(context: EncodingContext) {
    this.#id = context.callId;
  }

  step(event: StreamEvent): readonly Frame[] {
    if ("choice" in event && event.choice !== 0) return nothing;
    switch (event.type) {
      case "start":
        this.#id = event.id ?? this.#id;
        return nothing;
      case "usage":
        this.#usage = event.usage;
        return nothing;
      case "finish":
        this.#finish = event.reason;
        return nothing;
      case "end":
        return this.#begun([frame({ type: "message-end", delta: { finish_reason: this.#finish ? writeCohereFinish(this.#finish) : "COMPLETE", usage: writeCohereUsage(this.#usage) } })]);
      case "block-start":
        return this.#begun(this.#blockStart(event.block, event.content));
      case "text-delta":
        return this.#textDelta(event.block, event.text);
      case "arguments-delta":
        return this.#argumentsDelta(event.block, event.json);
      case "citation":
        this.#blocks.get(event.block)?.citations.push(event.citation);
        return nothing;
      case "block-end":
        return this.#blockEnd(event.block);
      case "part":
        return event.part.type === "audio" && event.part.transcript ? this.#begun(this.#wholeText(event.block, event.part.transcript)) : nothing;
      case "signature":
      case "logprobs":
      case "keep-alive":
      case "error":
        return nothing;
    }
  }

  /** Cohere tells of an error within a stream in the message's end. */
  fail(error: CallerError): readonly Frame[] {
    return [frame({ type: "message-end", delta: { finish_reason: "ERROR", error: error.message }, ...writeCohereError(error) })];
  }

  #begun(frames: readonly Frame[]): readonly Frame[] {
    if (this.#started) return frames;
    this.#started = true;
    return [frame({ type: "message-start", id: this.#id, delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } } }), ...frames];
  }

  #blockStart(number: number, content: BlockContent): readonly Frame[] {
    if (content.type === "tool-call") {
      const block: OpenBlock = { kind: "call", index: this.#calls++, text: "", citations: [] };
      this.#blocks.set(number, block);
      return [frame({ type: "tool-call-start", index: block.index, delta: { message: { tool_calls: { id: content.id, type: "function", function: { name: content.name, arguments: "" } } } } })];
    }
    const kind = content.type === "reasoning" ? "thinking" : "text";
    const block: OpenBlock = { kind, index: this.#items++, text: "", citations: [] };
    this.#blocks.set(number, block);
    return [frame({ type: "content-start", index: block.index, delta: { message: { content: { type: kind, [kind]: "" } } } })];
  }

  /** Of sound the words are told. */
  #wholeText(block: number, text: string): readonly Frame[] {
    return [...this.#blockStart(block, { type: "text" }), ...this.#textDelta(block, text), ...this.#blockEnd(block)];
  }

  #textDelta(number: number, text: string): readonly Frame[] {
    const block = this.#blocks.get(number);
    if (!block) return nothing;
    if (block.kind === "text") block.text += text;
    return [frame({ type: "content-delta", index: block.index, delta: { message: { content: { [block.kind]: text } } } })];
  }

  #argumentsDelta(number: number, json: string): readonly Frame[] {
    const block = this.#blocks.get(number);
    return block ? [frame({ type: "tool-call-delta", index: block.index, delta: { message: { tool_calls: { function: { arguments: json } } } } })] : nothing;
  }

  #blockEnd(number: number): readonly Frame[] {
    const block = this.#blocks.get(number);
    if (!block) return nothing;
    this.#blocks.delete(number);
    if (block.kind === "call") return [frame({ type: "tool-call-end", index: block.index })];
    const cited = block.citations.flatMap((citation) => {
      const index = this.#citations++;
      return [frame({ type: "citation-start", index, delta: { message: { citations: writeCohereCitation(citation, { text: block.text, item: block.index }) } } }), frame({ type: "citation-end", index })];
    });
    return [frame({ type: "content-end", index: block.index }), ...cited];
  }
}

function frame(value: JsonObject & { type: string }): Frame {
  return { event: value.type, data: JSON.stringify(value) };
}
