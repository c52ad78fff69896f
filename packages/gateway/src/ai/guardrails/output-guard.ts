// Hot path: every event of a guarded stream.
/** Looks at an answer, whole or while it comes: blacks out what was found, or refuses the rest. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { Answer } from "../conversation/answer.ts";
import type { AssistantPart } from "../conversation/content.ts";
import { refusedAnswer } from "../conversation/provider-error.ts";
import type { ProviderError } from "../conversation/provider-error.ts";
import type { StreamEvent } from "../conversation/stream-event.ts";
import type { CompiledGuardrail } from "./compiled-guardrail.ts";
import type { GuardNotes } from "./guard-notes.ts";
import { blocked } from "./input-guard.ts";
import type { Finding, TextRule } from "./text-rule.ts";
import type { SaidTap } from "./said-tap.ts";
import { TextStream } from "./text-stream.ts";

type TextRail = CompiledGuardrail & { readonly text: TextRule };

/** A webhook is asked about what is said. */
export interface Asking {
  readonly tap: SaidTap;
  readonly names: readonly string[];
  readonly allowed: Promise<boolean>;
}

export class OutputGuard {
  readonly #rails: readonly TextRail[];
  readonly #notes: GuardNotes;
  readonly #asking: Asking | null;

  /** `asking` is null where no webhook judges what is said. */
  constructor(rails: readonly TextRail[], notes: GuardNotes, asking: Asking | null = null) {
    this.#rails = rails;
    this.#notes = notes;
    this.#asking = asking;
  }

  /** Whose they are: what was answered under others is another answer. */
  get names(): readonly string[] {
    return [...this.#rails.map(({ name }) => name), ...(this.#asking?.names ?? [])];
  }

  /** False for an answer that was refused after it had passed here. */
  get allowed(): Promise<boolean> | null {
    return this.#asking?.allowed ?? null;
  }

  answer(answer: Answer): Answer | Refusal {
    const text = this.text();
    const choices = answer.choices.map((choice) => ({ ...choice, parts: choice.parts.map((part) => guardPart(part, text)) }));
    if (text.refusal) return text.refusal;
    this.#asking?.tap.answer({ ...answer, choices });
    return { ...answer, choices };
  }

  stream(): EventGuard {
    return new EventGuard(() => this.text(), this.#asking?.tap ?? null);
  }

  text(): GuardedText {
    return new GuardedText(this.#rails, this.#notes);
  }
}

/** The answer as it may be passed on, or why it may not. */
export function guardedAnswer(guard: OutputGuard, answer: Answer): Answer | ProviderError {
  const guarded = guard.answer(answer);
  return "code" in guarded ? refusedAnswer(guarded, answer.usage) : guarded;
}

/** Texts of one answer one after the other, each through all guardrails. */
export class GuardedText {
  readonly #rails: readonly TextRail[];
  readonly #notes: GuardNotes;
  #streams: TextStream[] | null = null;
  refusal: Refusal | null = null;

  constructor(rails: readonly TextRail[], notes: GuardNotes) {
    this.#rails = rails;
    this.#notes = notes;
  }

  whole(text: string): string {
    return this.push(text) + this.finish();
  }

  push(piece: string): string {
    this.#streams ??= this.#rails.map((rail) => new TextStream(rail.text, rail.action === "redact"));
    return this.#pass((stream, text) => stream.push(text), piece);
  }

  /** The text is over; the next one is another. */
  finish(): string {
    const rest = this.#streams ? this.#pass((stream, text) => joined(stream.push(text), stream.finish()), "") : "";
    this.#streams = null;
    return rest;
  }

  #pass(take: (stream: TextStream, text: string) => { text: string; findings: Finding[] }, piece: string): string {
    let text = piece;
    for (const [index, rail] of this.#rails.entries()) {
      const given = take((this.#streams as TextStream[])[index] as TextStream, text);
      for (const { kind } of given.findings) this.#notes.add(rail.name, "output", `${rail.action} ${kind}`);
      if (rail.action === "block" && given.findings.length > 0) this.refusal ??= blocked(rail, `found ${given.findings[0]?.kind} in the answer`);
      text = given.text;
    }
    return this.refusal ? "" : text;
  }
}

function joined(one: { text: string; findings: Finding[] }, other: { text: string; findings: Finding[] }): { text: string; findings: Finding[] } {
  return { text: one.text + other.text, findings: [...one.findings, ...other.findings] };
}

/** The events of one answer; each block's text for itself. */
export class EventGuard {
  readonly #open: () => GuardedText;
  readonly #tap: SaidTap | null;
  readonly #blocks = new Map<string, { guard: GuardedText; type: "text-delta" | "arguments-delta" }>();
  refusal: Refusal | null = null;

  constructor(open: () => GuardedText, tap: SaidTap | null = null) {
    this.#open = open;
    this.#tap = tap;
  }

  /** Nothing is given once there is a refusal. */
  step(event: StreamEvent): readonly StreamEvent[] {
    const given = this.#step(event);
    if (this.#tap) for (const one of given) this.#tap.event(one);
    return given;
  }

  #step(event: StreamEvent): readonly StreamEvent[] {
    switch (event.type) {
      case "text-delta":
        return this.#delta(event, event.text, (text) => ({ ...event, text }));
      case "arguments-delta":
        return this.#delta(event, event.json, (json) => ({ ...event, json }));
      case "part": {
        const guard = this.#open();
        const part = guardPart(event.part, guard);
        this.refusal ??= guard.refusal;
        return this.refusal ? [] : [{ ...event, part }];
      }
      case "block-end":
        return this.#give([...this.#rest(event.choice, event.block), event]);
      case "finish":
      case "end":
        return this.#give([...this.#restOfAll(), event]);
      case "start":
      case "block-start":
      case "signature":
      case "citation":
      case "logprobs":
      case "usage":
      case "keep-alive":
      case "error":
        return [event];
    }
  }

  #delta(event: StreamEvent & { type: "text-delta" | "arguments-delta" }, piece: string, made: (text: string) => StreamEvent): readonly StreamEvent[] {
    const key = `${event.choice}/${event.block}`;
    let block = this.#blocks.get(key);
    if (!block) this.#blocks.set(key, (block = { guard: this.#open(), type: event.type }));
    const text = block.guard.push(piece);
    this.refusal ??= block.guard.refusal;
    return this.refusal || text === "" ? [] : [made(text)];
  }

  #rest(choice: number, number: number): StreamEvent[] {
    const block = this.#blocks.get(`${choice}/${number}`);
    if (!block) return [];
    this.#blocks.delete(`${choice}/${number}`);
    const text = block.guard.finish();
    this.refusal ??= block.guard.refusal;
    if (text === "") return [];
    return [block.type === "text-delta" ? { type: "text-delta", choice, block: number, text } : { type: "arguments-delta", choice, block: number, json: text }];
  }

  #restOfAll(): StreamEvent[] {
    return [...this.#blocks.keys()].flatMap((key) => {
      const [choice, block] = key.split("/").map(Number) as [number, number];
      return this.#rest(choice, block);
    });
  }

  #give(events: StreamEvent[]): readonly StreamEvent[] {
    return this.refusal ? [] : events;
  }
}

function guardPart(part: AssistantPart, guard: GuardedText): AssistantPart {
  switch (part.type) {
    case "text":
    case "refusal":
    case "reasoning":
      return changed(part, "text", guard.whole(part.text));
    case "tool-call":
      return changed(part, "arguments", guard.whole(part.arguments));
    case "image":
    case "audio":
    case "native":
      return part;
  }
}

function changed<Part extends AssistantPart>(part: Part, member: keyof Part, text: string): Part {
  return part[member] === text ? part : { ...part, [member]: text };
}
