// Hot path: every event of a translated stream to a caller of ConverseStream is made here.
/** Encodes events as those of ConverseStream. Texts and thoughts begin with their first delta; only calls have a start of their own. */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { CallerError, Frame, StreamEncoder } from "../../conversation/dialect.ts";
import { asObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { writeCitation, writeConverseUsage, writeSaid, writeSaidSignature, writeStopReason, writeStopSequence, writeTier } from "./write-answer.ts";
import { exceptionFrame } from "./framing.ts";

const nothing: readonly Frame[] = [];

export class ConverseStreamEncoder implements StreamEncoder {
  #started = false;
  #usage: Usage | undefined;
  #finish: FinishReason | undefined;
  /** Blocks that are reasoning. */
  readonly #thoughts = new Set<number>();

  step(event: StreamEvent): readonly Frame[] {
    switch (event.type) {
      case "usage":
        this.#usage = event.usage;
        return nothing;
      case "finish":
        if (event.choice === 0) this.#finish = event.reason;
        return nothing;
      case "end":
        return this.#begun([
          frame("messageStop", { stopReason: this.#finish ? writeStopReason(this.#finish) : "end_turn", ...(this.#finish && writeStopSequence(this.#finish)) }),
          frame("metadata", { usage: writeConverseUsage(this.#usage), metrics: { latencyMs: 0 }, ...writeTier(this.#usage) }),
        ]);
      case "start":
      case "keep-alive":
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
        return event.choice === 0 ? this.#block(event) : nothing;
    }
  }

  /** An exception of the framing's own, which the SDKs throw. */
  fail(error: CallerError): readonly Frame[] {
    return [exceptionFrame(error)];
  }

  #begun(frames: readonly Frame[]): readonly Frame[] {
    if (this.#started) return frames;
    this.#started = true;
    return [frame("messageStart", { role: "assistant" }), ...frames];
  }

  #block(event: Extract<StreamEvent, { block: number }>): readonly Frame[] {
    switch (event.type) {
      case "block-start":
        if (event.content.type === "reasoning") this.#thoughts.add(event.block);
        if (event.content.type !== "tool-call") return nothing;
        return this.#begun([frame("contentBlockStart", { contentBlockIndex: event.block, start: { toolUse: { toolUseId: event.content.id, name: event.content.name } } })]);
      case "text-delta":
        return this.#delta(event.block, this.#thoughts.has(event.block) ? { reasoningContent: { text: event.text } } : { text: event.text });
      case "arguments-delta":
        return this.#delta(event.block, { toolUse: { input: event.json } });
      case "signature":
        return this.#thoughts.has(event.block) ? this.#delta(event.block, { reasoningContent: { signature: writeSaidSignature(event.signature) } }) : nothing;
      case "citation":
        return this.#delta(event.block, { citation: writeCitation(event.citation) });
      case "block-end":
        return this.#begun([frame("contentBlockStop", { contentBlockIndex: event.block })]);
      case "part":
        return this.#whole(event);
    }
  }

  #delta(block: number, delta: JsonObject): readonly Frame[] {
    return this.#begun([frame("contentBlockDelta", { contentBlockIndex: block, delta })]);
  }

  /** What comes whole is one delta, of which the dialect knows encrypted reasoning, texts and, with a start of their own, images. */
  #whole({ block, part }: Extract<StreamEvent, { type: "part" }>): readonly Frame[] {
    const written = part.type === "audio" ? (part.transcript ? { text: part.transcript } : null) : writeSaid(part);
    if (!written || part.type === "native") return nothing;
    const { format, source } = asObject(written["image"]) ?? {};
    const start = source === undefined ? [] : [frame("contentBlockStart", { contentBlockIndex: block, start: { image: { format } } })];
    return [...this.#begun(start), ...this.#delta(block, source === undefined ? written : { image: { source } }), frame("contentBlockStop", { contentBlockIndex: block })];
  }
}

function frame(event: string, value: JsonObject): Frame {
  return { event, data: JSON.stringify(value) };
}
