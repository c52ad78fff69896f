// Hot path: every chunk of a translated stream to a chat completions caller is made here.
/**
 * Encodes events as chat completion chunks. What stays the same in every chunk is made once; a delta costs one string.
 * The usage chunk comes last, and only for a caller who asked for it; `[DONE]` follows a clean end and nothing else.
 */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { Citation, ReasoningPart } from "../../conversation/content.ts";
import type { CallerError, EncodingContext, Frame, StreamEncoder } from "../../conversation/dialect.ts";
import type { JsonValue } from "../../conversation/json.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { writeChatError } from "./errors.ts";
import { nativeFinishReason, writeFinishReason } from "./finish-reason.ts";
import { extraContent, reasoningDetail } from "./reasoning.ts";
import { writeUsage } from "./usage.ts";
import { writeAssistantParts, writeCitation, writeToolCall } from "./write-assistant.ts";

interface ChoiceState {
  /** Indexes of tool calls by their block. */
  calls: Map<number, number>;
  /** What blocks other than tool calls are; reasoning keeps its text for the entry with its signature, text its citations until its length is known. */
  kinds: Map<number, { type: "text" | "reasoning" | "refusal"; text: string; offset: number; citations: Citation[] }>;
  textLength: number;
  /** Blocks of tool calls that had arguments. */
  withArguments: Set<number>;
  /** Blocks of calls with free text. */
  freeText: Set<number>;
}

const doneFrame: Frame = { event: "", data: "[DONE]" };

export class ChatStreamEncoder implements StreamEncoder {
  readonly #context: EncodingContext;
  readonly #choices: ChoiceState[] = [];
  /** A chunk up to its choices. */
  #head = "";
  #usage: Usage | null = null;

  constructor(context: EncodingContext) {
    this.#context = context;
    this.#setHead({});
  }

  step(event: StreamEvent): readonly Frame[] {
    switch (event.type) {
      case "text-delta":
        return [this.#textDelta(event.choice, event.block, event.text)];
      case "arguments-delta":
        return this.#argumentsDelta(event.choice, event.block, event.json);
      case "start":
        this.#setHead(event);
        return [this.#chunk(0, '{"role":"assistant","content":""}')];
      case "block-start":
        return this.#blockStart(event.choice, event.block, event.content);
      case "block-end":
        return this.#blockEnd(event.choice, event.block);
      case "finish":
        return [this.#finish(event.choice, event.reason)];
      case "usage":
        this.#usage = event.usage;
        return [];
      case "end":
        return this.#usage && this.#context.includeUsage ? [this.#usageChunk(this.#usage), doneFrame] : [doneFrame];
      case "keep-alive":
      case "error":
        return [];
      case "signature":
      case "citation":
      case "part":
      case "logprobs":
        return this.#extra(event);
    }
  }

  fail(error: CallerError): readonly Frame[] {
    return [{ event: "", data: JSON.stringify(writeChatError(error)) }];
  }

  #setHead(start: { id?: string | undefined; createdAt?: number | undefined; serviceTier?: string | undefined; systemFingerprint?: string | undefined }): void {
    const head = JSON.stringify({
      id: start.id ?? `chatcmpl-${this.#context.callId}`,
      object: "chat.completion.chunk",
      created: start.createdAt ?? this.#context.nowSeconds,
      model: this.#context.model,
      service_tier: start.serviceTier,
      system_fingerprint: start.systemFingerprint,
    });
    this.#head = `${head.slice(0, -1)},"choices":[`;
  }

  #chunk(choice: number, deltaJson: string, finishJson = "null"): Frame {
    return { event: "", data: `${this.#head}{"index":${choice},"delta":${deltaJson},"logprobs":null,"finish_reason":${finishJson}}]}` };
  }

  #finish(choice: number, reason: FinishReason): Frame {
    const native = JSON.stringify(nativeFinishReason(reason));
    const finish = JSON.stringify(writeFinishReason(reason));
    return this.#chunk(choice, "{}", native === "{}" ? finish : `${finish},${native.slice(1, -1)}`);
  }

  #usageChunk(usage: Usage): Frame {
    return { event: "", data: `${this.#head}],"usage":${JSON.stringify(writeUsage(usage))}}` };
  }

  #state(choice: number): ChoiceState {
    return (this.#choices[choice] ??= { calls: new Map(), kinds: new Map(), textLength: 0, withArguments: new Set(), freeText: new Set() });
  }

  #textDelta(choice: number, block: number, text: string): Frame {
    const state = this.#state(choice);
    const kind = state.kinds.get(block);
    if (kind?.type === "reasoning") {
      kind.text += text;
      return this.#chunk(choice, `{"reasoning_content":${JSON.stringify(text)}}`);
    }
    if (kind?.type === "refusal") return this.#chunk(choice, `{"refusal":${JSON.stringify(text)}}`);
    state.textLength += text.length;
    return this.#chunk(choice, `{"content":${JSON.stringify(text)}}`);
  }

  #argumentsDelta(choice: number, block: number, json: string): readonly Frame[] {
    const state = this.#state(choice);
    state.withArguments.add(block);
    const index = state.calls.get(block) ?? 0;
    if (state.freeText.has(block)) return [this.#chunk(choice, `{"tool_calls":[{"index":${index},"custom":{"input":${JSON.stringify(json)}}}]}`)];
    return [this.#chunk(choice, `{"tool_calls":[{"index":${index},"function":{${this.#context.namesEveryPiece ? '"name":"",' : ""}"arguments":${JSON.stringify(json)}}}]}`)];
  }

  #blockStart(choice: number, block: number, content: BlockContent): readonly Frame[] {
    const state = this.#state(choice);
    if (content.type !== "tool-call") {
      state.kinds.set(block, { type: content.type, text: "", offset: state.textLength, citations: [] });
      return [];
    }
    const index = state.calls.size;
    state.calls.set(block, index);
    if (content.custom) {
      state.freeText.add(block);
      return [this.#chunk(choice, JSON.stringify({ tool_calls: [{ index, id: content.id, type: "custom", custom: { name: content.name, input: "" } }] }))];
    }
    const call = { index, id: content.id, type: "function", function: { name: content.name, arguments: "" }, extra_content: content.signature && extraContent(content.signature) };
    return [this.#chunk(choice, `{"tool_calls":[${JSON.stringify(call)}]}`)];
  }

  /** A call without arguments gets the empty object: every SDK parses them. */
  #blockEnd(choice: number, block: number): readonly Frame[] {
    const state = this.#state(choice);
    const kind = state.kinds.get(block);
    if (kind && kind.citations.length > 0) {
      const annotations = kind.citations.map((citation) => writeCitation(citation, kind.offset, state.textLength - kind.offset));
      return [this.#chunk(choice, JSON.stringify({ annotations }))];
    }
    if (!state.calls.has(block) || state.withArguments.has(block) || state.freeText.has(block)) return [];
    return this.#argumentsDelta(choice, block, "{}");
  }

  #extra(event: Extract<StreamEvent, { type: "signature" | "citation" | "part" | "logprobs" }>): readonly Frame[] {
    const { choice } = event;
    switch (event.type) {
      case "signature": {
        const kind = this.#state(choice).kinds.get(event.block);
        if (kind?.type === "reasoning") return this.#reasoningDetails(choice, event.block, { type: "reasoning", text: kind.text, signature: event.signature });
        return [this.#chunk(choice, JSON.stringify({ extra_content: extraContent(event.signature) }))];
      }
      case "citation":
        this.#state(choice).kinds.get(event.block)?.citations.push(event.citation);
        return [];
      case "logprobs":
        return [{ event: "", data: `${this.#head}{"index":${choice},"delta":{},"logprobs":${JSON.stringify(event.logprobs)},"finish_reason":null}]}` }];
      case "part":
        return this.#part(choice, event.block, event.part);
    }
  }

  #part(choice: number, block: number, part: Extract<StreamEvent, { type: "part" }>["part"]): readonly Frame[] {
    const state = this.#state(choice);
    if (part.type === "reasoning") return this.#reasoningDetails(choice, block, part);
    if (part.type === "tool-call") {
      const index = state.calls.size;
      state.calls.set(block, index);
      return [this.#chunk(choice, JSON.stringify({ tool_calls: [{ index, ...writeToolCall(part) }] }))];
    }
    const { content, ...written } = writeAssistantParts([part]);
    if (part.type === "text") state.textLength += part.text.length;
    const delta: { readonly [member: string]: JsonValue | undefined } = content === null ? written : { content, ...written };
    return Object.keys(delta).length === 0 ? [] : [this.#chunk(choice, JSON.stringify(delta))];
  }

  #reasoningDetails(choice: number, block: number, part: ReasoningPart): readonly Frame[] {
    const detail = reasoningDetail(part, block);
    return detail ? [this.#chunk(choice, JSON.stringify({ reasoning_details: [detail] }))] : [];
  }
}
