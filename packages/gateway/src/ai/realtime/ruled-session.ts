// Hot path: every message of a realtime connection under a budget or a guardrail.
/** A realtime connection whose messages are looked at: both ways through the guardrails, and answers counted against budgets. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { Socket } from "node:net";
import type { AiCall } from "../calls/ai-call.ts";
import { mediaUsage } from "../calls/media-usage.ts";
import { failureOfRefusal } from "../calls/call-failure.ts";
import type { Usage } from "../conversation/answer.ts";
import { asObject, asText, tryParseJson } from "../conversation/json.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { Spent } from "../budgets/budget-book.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteUsage } from "../record/call-notes.ts";
import { sumOfUsage } from "../record/usage-sum.ts";
import { closeMessage, type Message, MessageReader, textMessage, writeFrame } from "./messages.ts";
import type { SessionBudget } from "./session-budget.ts";
import type { SessionGuard } from "./session-guard.ts";

export interface SessionRules {
  readonly budget: SessionBudget | null;
  readonly guard: SessionGuard | null;
}

export interface RuledSessionParts {
  call: AiCall;
  target: ModelTarget;
  rules: SessionRules;
  client: Socket;
  provider: Socket;
}

/** Of an event of an answer that was cut, for each token at most. */
const bytesPerToken = 250;
/** Policy violation (RFC 6455 §7.4.1). */
const closedByPolicy = 1008;

export class RuledSession {
  readonly #parts: RuledSessionParts;
  #total: Usage | undefined;
  /** Bytes of the answer under way; null between answers. */
  #answerBytes: number | null = null;
  /** Of an answer that was refused nothing more is passed on. */
  #isMuted = false;
  #isOver = false;

  constructor(parts: RuledSessionParts) {
    this.#parts = parts;
  }

  start(): void {
    const { client, provider, call } = this.#parts;
    this.#read(client, provider, (message) => this.#fromClient(message));
    this.#read(provider, client, (message) => this.#fromProvider(message));
    call.exchange.onEnded(() => this.#end());
  }

  #read(from: Socket, to: Socket, take: (message: Message) => void): void {
    const reader = new MessageReader(take);
    from.on("data", (chunk: Buffer) => {
      if (this.#isOver) return;
      try {
        reader.push(chunk);
      } catch {
        return this.#close({ code: "invalid-request", detail: "a message is longer than 16 MiB" });
      }
      if (to.writableNeedDrain) {
        from.pause();
        to.once("drain", () => from.resume());
      }
    });
  }

  #fromClient(message: Message): void {
    const { guard } = this.#parts.rules;
    if (!guard || message.opcode >= closeMessage) return this.#toProvider(message);
    // A provider may read what is no JSON here, or stands in a binary message, and nobody would have looked at it.
    const event = asObject(tryParseJson(message.payload.toString("utf8")));
    if (!event) return this.#tell({ code: "invalid-request", detail: "a message is no JSON object, and guardrails have to read it" });
    const judged = guard.asked(event);
    if ("refusal" in judged) return this.#tell(judged.refusal, asText(event["event_id"]));
    for (const passed of judged.events) this.#toProvider(passed === event ? message : textOf(passed));
  }

  #fromProvider(message: Message): void {
    if (message.opcode !== textMessage) return this.#toClient(message);
    const event = asObject(tryParseJson(message.payload.toString("utf8")));
    if (!event) return this.#toClient(message);
    const type = asText(event["type"]) ?? "";
    if (type === "response.created") this.#answerBytes = 0;
    else if (this.#answerBytes !== null) this.#answerBytes += message.payload.length;
    const isDone = type === "response.done";
    if (!this.#isMuted || isDone || !type.startsWith("response.")) this.#pass(message, event, type);
    if (isDone) this.#isMuted = false;
    this.#count(event, isDone);
  }

  #pass(message: Message, event: JsonObject, type: string): void {
    const judged = this.#parts.rules.guard?.said(event) ?? { events: [event] };
    if (!("refusal" in judged)) {
      for (const passed of judged.events) this.#toClient(passed === event ? message : textOf(passed));
      return;
    }
    if (!this.#isMuted) this.#tell(judged.refusal);
    // The client waits for the end of what it asked for.
    if (type === "response.done") return this.#toClient(textOf({ ...event, response: { ...asObject(event["response"]), output: [], status: "cancelled" } }));
    if (!type.startsWith("response.")) return;
    this.#isMuted = true;
    this.#toProvider(textOf({ type: "response.cancel" }));
  }

  /** Transcriptions and answers tell what they took. */
  #count(event: JsonObject, isDone: boolean): void {
    const usage = mediaUsage(asObject(event["response"])?.["usage"] ?? event["usage"]);
    const { call, target, rules } = this.#parts;
    if (isDone) this.#answerBytes = null;
    if (!usage) return;
    this.#total = this.#total ? sumOfUsage(this.#total, usage) : usage;
    noteUsage(call, target, { usage: this.#total, finishReason: undefined });
    const nanoUsd = call.prices.costNanoUsd(target.account, target.model, { usage, nowMs: call.ports.now() }) ?? 0;
    void rules.budget?.answered({ tokens: usage.inputTokens + usage.outputTokens, nanoUsd }).then((refusal) => refusal && this.#close(refusal));
  }

  /** As the API tells errors: in an event. */
  #tell(refusal: Refusal, about?: string): void {
    const { call } = this.#parts;
    const { error } = failureOfRefusal(refusal);
    const written = asObject(call.caller.writeError({ ...error, callId: call.exchange.id })["error"]);
    this.#toClient(textOf({ type: "error", event_id: `event_${call.exchange.id}`, error: { ...written, event_id: about ?? null } }));
  }

  #close(refusal: Refusal): void {
    if (this.#isOver) return;
    const { call, client, provider } = this.#parts;
    const { record } = call.exchange;
    record.error = refusal.code;
    record.errorDetail = refusal.detail.slice(0, 500);
    record.cutBy = "gateway";
    this.#tell(refusal);
    this.#isOver = true;
    const reason = Buffer.from(`  ${refusal.code}`);
    reason.writeUInt16BE(closedByPolicy, 0);
    client.end(writeFrame({ opcode: closeMessage, payload: reason }, null));
    provider.destroy();
  }

  #end(): void {
    this.#isOver = true;
    const said = Math.floor((this.#answerBytes ?? 0) / bytesPerToken);
    const { call, target, rules } = this.#parts;
    const cut: Spent = { tokens: said, nanoUsd: said === 0 ? 0 : (call.prices.costNanoUsd(target.account, target.model, { usage: { inputTokens: 0, outputTokens: said }, nowMs: call.ports.now() }) ?? 0) };
    void rules.budget?.end(cut);
  }

  #toClient(message: Message): void {
    if (!this.#isOver) this.#parts.client.write(writeFrame(message, null));
  }

  #toProvider(message: Message): void {
    if (this.#isOver) return;
    const { ports } = this.#parts.call;
    this.#parts.provider.write(writeFrame(message, Buffer.from([0, 0, 0, 0].map(() => Math.floor(ports.random() * 256)))));
  }
}

function textOf(event: JsonObject): Message {
  return { opcode: textMessage, payload: Buffer.from(JSON.stringify(event)) };
}
