// Hot path: every event of a translated stream to a caller of Ollama's API is made here.
/** Encodes events as lines of what is new. Calls come whole, as Ollama has them; the last line has the counts. */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { CallerError, EncodingContext, Frame, StreamEncoder } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { writeCall, writeEnd, writeHead, writeLogprobs, writeMessage } from "./write-answer.ts";
import type { Said } from "./write-answer.ts";
import { writeOllamaError } from "./write-error.ts";

const nothing: readonly Frame[] = [];

type OpenBlock = { type: "text" | "reasoning" } | { type: "tool-call"; id: string; name: string; arguments: string };

export class OllamaStreamEncoder implements StreamEncoder {
  readonly #context: EncodingContext;
  readonly #isChat: boolean;
  readonly #blocks = new Map<number, OpenBlock>();
  #usage: Usage | undefined;
  #finish: FinishReason | undefined;

  /** `isChat` is false for what generate says: text without a message around it, and no calls. */
  constructor(context: EncodingContext, isChat: boolean) {
    this.#context = context;
    this.#isChat = isChat;
  }

  step(event: StreamEvent): readonly Frame[] {
    if ("choice" in event && event.choice !== 0) return nothing;
    switch (event.type) {
      case "usage":
        this.#usage = event.usage;
        return nothing;
      case "finish":
        this.#finish = event.reason;
        return nothing;
      case "end":
        return [this.#line({}, writeEnd(this.#finish, this.#usage))];
      case "logprobs":
        return [this.#line({}, { done: false, ...writeLogprobs(event.logprobs) })];
      case "block-start":
        this.#blocks.set(event.block, event.content.type === "tool-call" ? { type: "tool-call", id: event.content.id, name: event.content.name, arguments: "" } : { type: event.content.type === "reasoning" ? "reasoning" : "text" });
        return nothing;
      case "text-delta":
        return [this.#line(this.#blocks.get(event.block)?.type === "reasoning" ? { thinking: event.text } : { text: event.text }, { done: false })];
      case "arguments-delta": {
        const call = this.#blocks.get(event.block);
        if (call?.type === "tool-call") call.arguments += event.json;
        return nothing;
      }
      case "block-end":
        return this.#blockEnd(event.block);
      case "part":
        if (event.part.type === "audio") return event.part.transcript ? [this.#line({ text: event.part.transcript }, { done: false })] : nothing;
        return event.part.type === "image" && event.part.source.type === "base64" ? [this.#line({ images: [event.part.source.data] }, { done: false })] : nothing;
      case "start":
      case "signature":
      case "citation":
      case "keep-alive":
      case "error":
        return nothing;
    }
  }

  fail(error: CallerError): readonly Frame[] {
    return [{ event: "", data: JSON.stringify(writeOllamaError(error)) }];
  }

  #blockEnd(number: number): readonly Frame[] {
    const block = this.#blocks.get(number);
    this.#blocks.delete(number);
    if (block?.type !== "tool-call") return nothing;
    return [this.#line({ calls: [writeCall({ id: block.id, name: block.name, text: block.arguments })] }, { done: false })];
  }

  #line(said: Partial<Said>, rest: JsonObject): Frame {
    const whole: Said = { text: "", thinking: "", calls: [], images: [], ...said };
    const body = this.#isChat ? { message: writeMessage(whole) } : { response: whole.text, ...(whole.thinking !== "" && { thinking: whole.thinking }) };
    return { event: "", data: JSON.stringify({ ...writeHead(this.#context), ...body, ...rest }) };
  }
}
