// Hot path: every event of a translated stream to a messages caller is made here.
/**
 * Encodes events as message events. Clients want one open block at a time, so that a block which begins while another is
 * open waits until that has ended. Only the first choice is told: callers of this dialect cannot ask for more.
 */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { CallerError, EncodingContext, Frame, StreamEncoder } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { membersFor } from "../../conversation/own-members.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { extraContent } from "../openai-chat/reasoning.ts";
import { writeSignature } from "./signatures.ts";
import { writeMessagesUsage, writeStopReason } from "./write-answer.ts";
import { writeBlock, writeCitation } from "./write-blocks.ts";
import { writeMessagesError } from "./write-error.ts";

type BlockEvent = Extract<StreamEvent, { block: number }>;

const nothing: readonly Frame[] = [];

export class MessagesStreamEncoder implements StreamEncoder {
  readonly #context: EncodingContext;
  #start: { id?: string | undefined } | null = null;
  #started = false;
  #usage: Usage | undefined;
  #finish: FinishReason | undefined;
  /** The block that is open towards the caller, in the numbers of the events. */
  #open: number | null = null;
  /** The caller's number of the open block; blocks are numbered in the order in which they go out. */
  #index = -1;
  #isThinking = false;
  readonly #waiting: BlockEvent[] = [];

  constructor(context: EncodingContext) {
    this.#context = context;
  }

  step(event: StreamEvent): readonly Frame[] {
    switch (event.type) {
      case "start":
        this.#start = event;
        return nothing;
      case "usage":
        this.#usage = event.usage;
        return nothing;
      case "finish":
        if (event.choice === 0) this.#finish = event.reason;
        return nothing;
      case "end":
        return this.#end();
      case "keep-alive":
        return this.#started ? [frame("ping", { type: "ping" })] : nothing;
      case "logprobs":
      case "error":
        return nothing;
      case "block-start":
      case "text-delta":
      case "arguments-delta":
      case "signature":
      case "citation":
      case "block-end":
      case "part":
        return event.choice === 0 ? this.#begun(this.#block(event)) : nothing;
    }
  }

  fail(error: CallerError): readonly Frame[] {
    return [frame("error", writeMessagesError(error))];
  }

  #begun(frames: readonly Frame[]): readonly Frame[] {
    if (this.#started) return frames;
    this.#started = true;
    const message = {
      id: this.#start?.id ?? `msg_${this.#context.callId}`, type: "message", role: "assistant", model: this.#context.model,
      content: [], stop_reason: null, stop_sequence: null, usage: writeMessagesUsage(this.#usage),
    };
    return [frame("message_start", { type: "message_start", message }), ...frames];
  }

  #block(event: BlockEvent): readonly Frame[] {
    if (this.#open !== null && this.#open !== event.block) {
      this.#waiting.push(event);
      return nothing;
    }
    const frames = this.#write(event);
    if (this.#open !== null || this.#waiting.length === 0) return frames;
    return [...frames, ...this.#waiting.splice(0).flatMap((waiting) => this.#block(waiting))];
  }

  #write(event: BlockEvent): readonly Frame[] {
    switch (event.type) {
      case "block-start":
        this.#open = event.block;
        this.#index += 1;
        this.#isThinking = event.content.type === "reasoning";
        return [frame("content_block_start", { type: "content_block_start", index: this.#index, content_block: startOf(event.content) })];
      case "text-delta":
        return [this.#textDelta(event.text)];
      case "arguments-delta":
        return [this.#delta({ type: "input_json_delta", partial_json: event.json })];
      case "signature":
        return this.#isThinking ? [this.#delta({ type: "signature_delta", signature: writeSignature(event.signature) })] : nothing;
      case "citation":
        return [this.#delta({ type: "citations_delta", citation: writeCitation(event.citation) })];
      case "block-end":
        this.#open = null;
        return [frame("content_block_stop", { type: "content_block_stop", index: this.#index })];
      case "part":
        return this.#whole(event);
    }
  }

  #textDelta(text: string): Frame {
    return this.#delta(this.#isThinking ? { type: "thinking_delta", thinking: text } : { type: "text_delta", text });
  }

  #delta(delta: JsonObject): Frame {
    return frame("content_block_delta", { type: "content_block_delta", index: this.#index, delta });
  }

  #whole(event: Extract<StreamEvent, { type: "part" }>): readonly Frame[] {
    const block = writeBlock(event.part);
    if (!block) return nothing;
    this.#index += 1;
    if (event.part.type === "audio") return this.#wholeText(event.part.transcript ?? "");
    return [
      frame("content_block_start", { type: "content_block_start", index: this.#index, content_block: block }),
      frame("content_block_stop", { type: "content_block_stop", index: this.#index }),
    ];
  }

  /** Clients put a text together from its deltas alone. */
  #wholeText(text: string): readonly Frame[] {
    return [
      frame("content_block_start", { type: "content_block_start", index: this.#index, content_block: { type: "text", text: "" } }),
      this.#delta({ type: "text_delta", text }),
      frame("content_block_stop", { type: "content_block_stop", index: this.#index }),
    ];
  }

  #end(): readonly Frame[] {
    const delta = { stop_reason: this.#finish ? writeStopReason(this.#finish) : "end_turn", stop_sequence: this.#finish?.stopSequence ?? null };
    return this.#begun([
      frame("message_delta", { type: "message_delta", delta, usage: writeMessagesUsage(this.#usage) }),
      frame("message_stop", { type: "message_stop" }),
    ]);
  }
}

function startOf(content: BlockContent): JsonObject {
  switch (content.type) {
    case "text":
    case "refusal":
      return { type: "text", text: "" };
    case "reasoning":
      return { type: "thinking", thinking: "", signature: "" };
    case "tool-call":
      return { type: "tool_use", id: content.id, name: content.name, input: {}, ...(content.signature && { extra_content: extraContent(content.signature) }), ...membersFor("anthropic-messages", content.own) };
  }
}

function frame(event: string, value: JsonObject): Frame {
  return { event, data: JSON.stringify(value) };
}
