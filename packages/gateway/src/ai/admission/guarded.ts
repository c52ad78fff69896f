// Hot path: once for each AI call of a gateway with guardrails.
/** Lets a call through its guardrails, before and after. */
import type { Guardrail } from "@parley/contract/config/ai-guardrails";
import type { Refusal } from "@parley/contract/problems/problem";
import { RefusalError } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { AiCall } from "../calls/ai-call.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { AiPorts } from "../endpoints-contract.ts";
import { compileGuardrail, type CompiledGuardrail } from "../guardrails/compiled-guardrail.ts";
import { GuardNotes } from "../guardrails/guard-notes.ts";
import { blocked, guardInput } from "../guardrails/input-guard.ts";
import { OutputGuard } from "../guardrails/output-guard.ts";
import type { TextRule } from "../guardrails/text-rule.ts";
import { askWebhook } from "../guardrails/webhook.ts";
import type { AskedCall } from "../guardrails/webhook.ts";
import { AnswerGate } from "../guardrails/answer-gate.ts";
import { SaidTap } from "../guardrails/said-tap.ts";
import type { Ask } from "../calls/ask.ts";

/** Null where one cannot be compiled. */
export type Rails = readonly CompiledGuardrail[] | null;

export function compileRails(sources: Readonly<Record<string, Guardrail>>, ports: Pick<AiPorts, "warn">): Rails {
  const rails: CompiledGuardrail[] = [];
  for (const [name, source] of Object.entries(sources)) {
    try {
      rails.push(compileGuardrail(name, source));
    } catch (error) {
      ports.warn("a guardrail cannot be compiled, and every call is refused until it can", { guardrail: name, error: error instanceof Error ? error.message : String(error) });
      return null;
    }
  }
  return rails;
}

/** A guardrail that is not there guards nothing. */
export const notCompiled: Refusal = { ...blocked({ name: "of these endpoints" }, "cannot be compiled, so that nothing passes"), status: 503 };

export function railsFor(rails: readonly CompiledGuardrail[], { caller }: Pick<Exchange, "caller">): readonly CompiledGuardrail[] {
  const consumer = caller?.consumer;
  return rails.filter(({ consumers }) => consumers === null || (consumer !== undefined && consumers.has(consumer)));
}

export function guarded(rails: Rails, ports: AiPorts, ask: Ask): Ask {
  if (rails === null) return () => Promise.reject(new RefusalError(notCompiled));
  return async (call, targets, operation) => {
    const own = railsFor(rails, call.exchange);
    if (own.length === 0 || operation.isJudged === true) return ask(call, targets, operation);
    const notes = new GuardNotes(call.exchange.record);
    const since = performance.now();
    const checked = call.body.length === 0 ? call : await checkInput(call, own, { ports, notes });
    call.exchange.step("guardrails", since);
    const textRails = operation.generates === true ? own.filter((rail): rail is CompiledGuardrail & { text: TextRule } => rail.onOutput && rail.text !== null) : [];
    const asking = operation.generates === true ? own.filter(({ onOutput, webhook }) => onOutput && webhook !== null) : [];
    if (asking.length > 0) return ask(gatedCall(checked, { asking, textRails, ports, notes }), targets, operation);
    return ask(textRails.length === 0 ? checked : checked.with({ guard: new OutputGuard(textRails, notes) }), targets, operation);
  };
}

interface Gated {
  asking: readonly CompiledGuardrail[];
  textRails: readonly (CompiledGuardrail & { text: TextRule })[];
  ports: AiPorts;
  notes: GuardNotes;
}

/** Its answer waits for the webhooks. */
function gatedCall(call: AiCall, { asking, textRails, ports, notes }: Gated): AiCall {
  const tap = new SaidTap();
  const gate = new AnswerGate(call.sink, {
    call, tap,
    everyCharacters: Math.min(...asking.map(({ webhook }) => webhook?.everyCharacters ?? Infinity)),
    ask: (done) => askAll(call, asking, { ports, notes, about: { phase: "output", answer: tap.said(), done } }),
  });
  return call.with({ sink: gate, guard: new OutputGuard(textRails, notes, { tap, names: asking.map(({ name }) => name), allowed: gate.allowed }) });
}

async function askAll(call: AiCall, rails: readonly CompiledGuardrail[], { ports, notes, about }: { ports: AiPorts; notes: GuardNotes; about: AskedCall["about"] }): Promise<Refusal | null> {
  for (const rail of rails) {
    const refusal = await askWebhook(ports.transport, rail, { callId: call.exchange.id, consumer: call.exchange.caller?.consumer ?? null, model: call.model, about });
    if (!refusal) continue;
    notes.add(rail.name, about.phase, refusal.code === "guardrail-blocked" ? "block webhook" : "block webhook-error");
    return refusal;
  }
  return null;
}

async function checkInput(call: AiCall, rails: readonly CompiledGuardrail[], { ports, notes }: { ports: AiPorts; notes: GuardNotes }): Promise<AiCall> {
  const asking = rails.filter(({ onInput, webhook }) => onInput && webhook !== null);
  // Whoever is asked sees all of it.
  const outline = asking.length === 0 ? call.outline : null;
  const before = outline?.value ?? call.requestBody();
  const outcome = guardInput(rails, { model: call.model, body: before }, notes);
  if ("refusal" in outcome) throw new RefusalError(outcome.refusal);
  const { body } = outcome;
  const refusal = await askAll(call, asking, { ports, notes, about: { phase: "input", request: body } });
  if (refusal) throw new RefusalError(refusal);
  if (body === before) return call;
  const text = JSON.stringify(body);
  if (!outline) return call.with({ body: { bytes: Buffer.from(text), head: body, parsed: body } });
  const pieces = outline.restored(text);
  if (!pieces) throw new RefusalError(blocked({ name: "of these endpoints" }, "would have changed a file in the request"));
  const bytes = Buffer.concat(pieces);
  return call.with({ body: { bytes, head: body, parsed: JSON.parse(bytes.toString("utf8")) as JsonObject } });
}
