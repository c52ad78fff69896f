/** Looks at a request before anything else does: refuses it, or gives it back with what was found blacked out. */
import type { Refusal } from "@parley/contract/problems/problem";
import { inputTokensAtMost } from "../budgets/input-bound.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { CompiledGuardrail } from "./compiled-guardrail.ts";
import type { GuardNotes } from "./guard-notes.ts";
import { imageCount, messageCount, toolNames } from "./request-sizes.ts";
import { mapTexts } from "./request-texts.ts";
import { redacted } from "./text-rule.ts";

export interface GuardedRequest {
  /** Null for what any model may read later. */
  readonly model: string | null;
  /** Another name of the model. */
  readonly alsoCalled?: string;
  readonly body: JsonObject;
}

/** The body as it may go on, the same object where nothing changed; or why it may not. */
export function guardInput(rails: readonly CompiledGuardrail[], request: GuardedRequest, notes: GuardNotes): { body: JsonObject } | { refusal: Refusal } {
  let { body } = request;
  for (const rail of rails) {
    const wrong = ruleBroken(rail, { ...request, body });
    if (wrong !== null) {
      notes.add(rail.name, "input", rail.action === "warn" ? `warn ${wrong.kind}` : `block ${wrong.kind}`);
      if (rail.action !== "warn") return { refusal: blocked(rail, `does not allow ${wrong.detail}`) };
    }
    if (!rail.text || !rail.onInput) continue;
    const kinds = new Set<string>();
    const changed = mapTexts(body, (text) => {
      const findings = rail.text?.find(text) ?? [];
      for (const { kind } of findings) {
        kinds.add(kind);
        notes.add(rail.name, "input", `${rail.action} ${kind}`);
      }
      return rail.action === "redact" && findings.length > 0 ? redacted(text, findings) : text;
    });
    if (rail.action === "block" && kinds.size > 0) return { refusal: blocked(rail, `found ${[...kinds].join(", ")} in the request`) };
    body = changed;
  }
  return { body };
}

export function blocked(rail: Pick<CompiledGuardrail, "name">, what: string): Refusal {
  return { code: "guardrail-blocked", detail: `The guardrail ${rail.name} ${what}.`, extensions: { guardrail: rail.name }, headers: { "x-should-retry": "false" } };
}

function ruleBroken({ models, tools, max }: CompiledGuardrail, { model, alsoCalled, body }: GuardedRequest): { kind: string; detail: string } | null {
  if (models && model !== null && !models(model, alsoCalled)) return { kind: "model", detail: `the model ${model.slice(0, 100)}` };
  const tool = tools && toolNames(body).find((name) => !tools(name));
  if (tool) return { kind: "tool", detail: `the tool ${tool.slice(0, 100)}` };
  if (!max) return null;
  const messages = messageCount(body);
  if (max.messages !== undefined && messages > max.messages) return { kind: "messages", detail: `more than ${max.messages} messages, and there are ${messages}` };
  const images = max.images === undefined ? 0 : imageCount(body);
  if (max.images !== undefined && images > max.images) return { kind: "images", detail: `more than ${max.images} images, and there are ${images}` };
  const tokens = max.tokens === undefined ? 0 : inputTokensAtMost(body);
  if (max.tokens !== undefined && tokens > max.tokens) return { kind: "tokens", detail: `more than ${max.tokens} tokens, and there are about ${tokens}` };
  return null;
}
