// Hot path: every event of a translated stream to a responses caller is made here.
/**
 * Encodes events as response events, numbered in sequence: every item is added, filled and done, every part of it too, and
 * the last event holds the whole response. Texts and refusals in a row are parts of one message. Only the first choice is
 * told: callers of this dialect cannot ask for more.
 */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { CallerError, EncodingContext, Frame, StreamEncoder } from "../../conversation/dialect.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import { isList, asObject } from "../../conversation/json.ts";
import { markSignature } from "../../conversation/marked-signature.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { extraContent } from "../openai-chat/reasoning.ts";
import { errorFrame } from "./error-frame.ts";
import { writeFinish } from "./finish-reason.ts";
import { MessageItem } from "./message-item.ts";
import { callItem, reasoningItem, wholeItem } from "./output-items.ts";
import { writeResponse } from "./write-response.ts";
import type { ResponseParts } from "./write-response.ts";

interface OpenBlock {
  readonly kind: "text" | "reasoning" | "call" | "custom";
  readonly index: number;
  readonly item: JsonDraft;
  /** Of a text. */
  readonly message?: { readonly owner: MessageItem; readonly part: number };
  text: string;
  signature?: string;
}

const nothing: readonly Frame[] = [];
const silence: Frame = { event: "", data: "" };
/** No decoder has this number. */
const wholeBlock = -1;

export class ResponsesStreamEncoder implements StreamEncoder {
  readonly #context: EncodingContext;
  readonly #silent: boolean;
  #start: ResponseParts["start"] = {};
  #sequence = 0;
  #usage: Usage | undefined;
  #finish: FinishReason | undefined;
  readonly #output: JsonObject[] = [];
  readonly #open = new Map<number, OpenBlock>();
  #message: MessageItem | null = null;
  #logprobs: JsonValue[] = [];

  constructor(context: EncodingContext, { silent } = { silent: false }) {
    this.#context = context;
    this.#silent = silent;
  }

  /** As it is now; whole after the end. */
  get response(): JsonObject {
    return writeResponse({ start: this.#start, ...writeFinish(this.#finish), output: this.#output, usage: this.#usage }, this.#context);
  }

  step(event: StreamEvent): readonly Frame[] {
    switch (event.type) {
      case "start":
        this.#start = event;
        return ["response.created", "response.in_progress"].map((type) => this.#frame(type, { response: this.#unfinished("in_progress") }));
      case "usage":
        this.#usage = event.usage;
        return nothing;
      case "finish":
        if (event.choice === 0) this.#finish = event.reason;
        return nothing;
      case "end":
        return this.#end();
      case "keep-alive":
      case "error":
        return nothing;
      case "logprobs": {
        const content = asObject(event.logprobs)?.["content"];
        if (event.choice === 0 && isList(content)) this.#logprobs.push(...content);
        return nothing;
      }
      case "block-start":
      case "text-delta":
      case "arguments-delta":
      case "signature":
      case "citation":
      case "block-end":
      case "part":
        return event.choice === 0 ? this.#block(event) : nothing;
    }
  }

  fail(error: CallerError): readonly Frame[] {
    const last = errorFrame(error, this.#sequence + 1);
    if (this.#sequence === 0) return [errorFrame(error, 0)];
    const failed = { ...this.#unfinished("failed"), error: { code: error.code, message: error.message } };
    return [this.#frame("response.failed", { response: failed }), last];
  }

  #unfinished(status: string): JsonObject {
    return writeResponse({ start: this.#start, status, output: status === "failed" ? this.#output : [], usage: undefined, incomplete_details: null, error: null }, this.#context);
  }

  #frame(type: string, members: JsonObject): Frame {
    const number = this.#sequence++;
    return this.#silent ? silence : { event: type, data: JSON.stringify({ type, sequence_number: number, ...members }) };
  }

  #block(event: Extract<StreamEvent, { block: number }>): readonly Frame[] {
    if (event.type === "block-start") return this.#blockStart(event.block, event.content);
    if (event.type === "part") return this.#part(event.part);
    const open = this.#open.get(event.block);
    if (!open) return nothing;
    switch (event.type) {
      case "text-delta":
        return this.#textDelta(open, event.text);
      case "arguments-delta":
        return this.#argumentsDelta(open, event.json);
      case "signature":
        if (open.kind === "reasoning") open.signature = markSignature(event.signature, "openai-responses");
        // Of a text, as of a call: the item is told again when it is done.
        else if (open.message) open.item["extra_content"] = extraContent(event.signature);
        return nothing;
      case "citation":
        return open.message ? open.message.owner.cite(open.message.part, event.citation, this.#write) : nothing;
      case "block-end":
        this.#open.delete(event.block);
        return this.#blockEnd(open);
    }
  }

  readonly #write = (type: string, members: JsonObject): Frame => this.#frame(type, members);

  #unique(): string {
    return `${this.#context.callId}_${this.#output.length}`;
  }

  #blockStart(block: number, content: BlockContent): readonly Frame[] {
    if (content.type === "text" || content.type === "refusal") return this.#textStart(block, content.type);
    const frames = this.#closeMessage();
    const item = content.type === "reasoning" ? reasoningItem(this.#unique()) : callItem(content, this.#unique());
    const index = this.#output.push(item) - 1;
    const kind = content.type === "reasoning" ? "reasoning" : content.custom ? "custom" : "call";
    this.#open.set(block, { kind, index, item, text: "" });
    return [...frames, this.#frame("response.output_item.added", { output_index: index, item })];
  }

  #textStart(block: number, type: "text" | "refusal"): readonly Frame[] {
    const frames: Frame[] = [];
    if (!this.#message) {
      this.#message = new MessageItem(`msg_${this.#unique()}`, this.#output.length);
      this.#output.push(this.#message.item);
      frames.push(this.#frame("response.output_item.added", { output_index: this.#message.index, item: this.#message.item }));
    }
    const owner = this.#message;
    const { part, frame } = owner.begin(type, this.#write);
    this.#open.set(block, { kind: "text", index: owner.index, item: owner.item, message: { owner, part }, text: "" });
    return [...frames, frame];
  }

  #textDelta(open: OpenBlock, text: string): readonly Frame[] {
    if (text === "") return nothing;
    if (open.message) return [open.message.owner.add(open.message.part, text, this.#write)];
    const place = { item_id: open.item["id"], output_index: open.index, summary_index: 0 };
    const frames = open.text === "" ? [this.#frame("response.reasoning_summary_part.added", { ...place, part: { type: "summary_text", text: "" } })] : [];
    open.text += text;
    return [...frames, this.#frame("response.reasoning_summary_text.delta", { ...place, delta: text })];
  }

  #argumentsDelta(open: OpenBlock, delta: string): readonly Frame[] {
    open.text += delta;
    const type = open.kind === "custom" ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta";
    return [this.#frame(type, { item_id: open.item["id"], output_index: open.index, delta })];
  }

  #blockEnd(open: OpenBlock): readonly Frame[] {
    if (open.message) {
      const frames = open.message.owner.end(open.message.part, this.#logprobs, this.#write);
      this.#logprobs = [];
      return open.message.owner === this.#message ? frames : [...frames, ...open.message.owner.close(this.#write)];
    }
    open.item["status"] = "completed";
    return open.kind === "reasoning" ? this.#reasoningEnd(open) : this.#callEnd(open);
  }

  #reasoningEnd({ item, index, text, signature }: OpenBlock): readonly Frame[] {
    const place = { item_id: item["id"], output_index: index, summary_index: 0 };
    const part = { type: "summary_text", text };
    if (text !== "") item["summary"] = [part];
    if (signature !== undefined) item["encrypted_content"] = signature;
    const done = this.#silent || text === "" ? [] : [this.#frame("response.reasoning_summary_text.done", { ...place, text }), this.#frame("response.reasoning_summary_part.done", { ...place, part })];
    return [...done, this.#frame("response.output_item.done", { output_index: index, item })];
  }

  /** A call without arguments gets the empty object: every SDK parses them. */
  #callEnd({ kind, item, index, text }: OpenBlock): readonly Frame[] {
    const place = { item_id: item["id"], output_index: index };
    const member = kind === "custom" ? "input" : "arguments";
    item[member] = kind === "call" && text === "" ? "{}" : text;
    const type = kind === "custom" ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done";
    return [this.#frame(type, { ...place, name: item["name"], [member]: item[member] }), this.#frame("response.output_item.done", { output_index: index, item })];
  }

  #part(part: Extract<StreamEvent, { type: "part" }>["part"]): readonly Frame[] {
    if (part.type === "audio") return part.transcript ? this.#wholeText(part.transcript) : nothing;
    const item = wholeItem(part, this.#unique());
    if (!item) return nothing;
    const frames = this.#closeMessage();
    const index = this.#output.push(item) - 1;
    return [...frames, this.#frame("response.output_item.added", { output_index: index, item }), this.#frame("response.output_item.done", { output_index: index, item })];
  }

  /** Of sound the words are told. */
  #wholeText(text: string): readonly Frame[] {
    const frames = [...this.#textStart(wholeBlock, "text"), ...this.#block({ type: "text-delta", choice: 0, block: wholeBlock, text })];
    return [...frames, ...this.#block({ type: "block-end", choice: 0, block: wholeBlock })];
  }

  /** A message that has a text open still is closed with that text. */
  #closeMessage(): readonly Frame[] {
    const message = this.#message;
    this.#message = null;
    return message ? message.close(this.#write) : nothing;
  }

  #end(): readonly Frame[] {
    const frames = this.#closeMessage();
    return [...frames, this.#frame(`response.${writeFinish(this.#finish).status}`, { response: this.response })];
  }
}
