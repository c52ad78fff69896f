// Hot path: every event of a realtime connection under guardrails.
/**
 * Guardrails over the texts of a realtime conversation: what the client writes and what is said, in words or as the
 * transcript of sound. Sound itself is not looked at: what is heard of a sentence that is refused may have begun.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import { asNumber, asObject, asText } from "../conversation/json.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { CompiledGuardrail } from "../guardrails/compiled-guardrail.ts";
import type { GuardNotes } from "../guardrails/guard-notes.ts";
import { guardInput } from "../guardrails/input-guard.ts";
import { GuardedText } from "../guardrails/output-guard.ts";
import { mapTexts } from "../guardrails/request-texts.ts";
import type { TextRule } from "../guardrails/text-rule.ts";

export type Judged = { readonly events: readonly JsonObject[] } | { readonly refusal: Refusal };

type TextRail = CompiledGuardrail & { readonly text: TextRule };

const maxTexts = 1000;

export class SessionGuard {
  readonly #model: string;
  readonly #rails: readonly CompiledGuardrail[];
  readonly #textRails: readonly TextRail[];
  readonly #notes: GuardNotes;
  /** Texts that are still being said, by the item and the part that they belong to. */
  readonly #saying = new Map<string, { guard: GuardedText; last: JsonObject }>();

  constructor(model: string, rails: readonly CompiledGuardrail[], notes: GuardNotes) {
    this.#model = model;
    this.#rails = rails;
    this.#textRails = rails.filter((rail): rail is TextRail => rail.onOutput && rail.text !== null);
    this.#notes = notes;
  }

  /** An event of the client. */
  asked(event: JsonObject): Judged {
    if (asText(event["type"])?.startsWith("input_audio_buffer.")) return { events: [event] };
    // Tools stand in the session or in the response that is asked for.
    const settings = asObject(event["session"]) ?? asObject(event["response"]);
    const judged = guardInput(this.#rails, { model: this.#model, body: settings ? { ...event, ...(settings["tools"] !== undefined && { tools: settings["tools"] }) } : event }, this.#notes);
    if ("refusal" in judged) return judged;
    const { tools, ...changed } = judged.body;
    return { events: [event["tools"] === undefined ? changed : { ...changed, tools }] };
  }

  /** An event of the provider. */
  said(event: JsonObject): Judged {
    if (this.#textRails.length === 0) return { events: [event] };
    const type = asText(event["type"]) ?? "";
    if (isText(type) && type.endsWith(".delta")) return this.#delta(event);
    const rest = isText(type) ? this.#rest(keyOf(event, type)) : [];
    return "refusal" in rest ? rest : this.#whole(event, rest);
  }

  #delta(event: JsonObject): Judged {
    const key = keyOf(event, asText(event["type"]) ?? "");
    let saying = this.#saying.get(key);
    if (!saying) {
      if (this.#saying.size >= maxTexts) this.#saying.clear();
      this.#saying.set(key, (saying = { guard: new GuardedText(this.#textRails, this.#notes), last: event }));
    }
    const delta = saying.guard.push(asText(event["delta"]) ?? "");
    saying.last = event;
    if (saying.guard.refusal) return { refusal: saying.guard.refusal };
    return { events: delta === "" ? [] : [{ ...event, delta }] };
  }

  /** What was held back of a text that is over. */
  #rest(key: string): JsonObject[] | { refusal: Refusal } {
    const saying = this.#saying.get(key);
    this.#saying.delete(key);
    const delta = saying?.guard.finish() ?? "";
    if (saying?.guard.refusal) return { refusal: saying.guard.refusal };
    return saying && delta !== "" ? [{ ...saying.last, delta }] : [];
  }

  /** Events that tell a whole text again. */
  #whole(event: JsonObject, before: readonly JsonObject[]): Judged {
    let refusal: Refusal | null = null;
    const changed = mapTexts(event, (text) => {
      const guard = new GuardedText(this.#textRails, this.#notes);
      const given = guard.whole(text);
      refusal ??= guard.refusal;
      return given;
    });
    return refusal ? { refusal } : { events: [...before, changed] };
  }
}

/** response.output_text.delta, response.audio_transcript.done, response.function_call_arguments.delta, conversation.item.input_audio_transcription.delta, … */
function isText(type: string): boolean {
  return /(?:text|transcript|transcription|arguments)\.(?:delta|done|completed)$/.test(type);
}

function keyOf(event: JsonObject, type: string): string {
  return `${asText(event["item_id"]) ?? ""}/${asNumber(event["content_index"]) ?? 0}/${type.slice(0, type.lastIndexOf("."))}`;
}
