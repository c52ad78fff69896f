// Hot path: once for each AI call of a gateway with guardrails.
/** Lets a call through its guardrails, before and after. */
import type { Guardrail } from "@parley/contract/config/ai-guardrails";
import { RefusalError } from "../../exchange/answer.ts";
import type { AiCall } from "../calls/ai-call.ts";
import type { AiPorts } from "../endpoints-contract.ts";
import { compileGuardrail, type CompiledGuardrail } from "../guardrails/compiled-guardrail.ts";
import { GuardNotes } from "../guardrails/guard-notes.ts";
import { blocked, guardInput } from "../guardrails/input-guard.ts";
import { OutputGuard } from "../guardrails/output-guard.ts";
import type { TextRule } from "../guardrails/text-rule.ts";
import { askWebhook } from "../guardrails/webhook.ts";
import type { Ask } from "./admission.ts";

/** Where one cannot be compiled every call is refused: a guardrail that is not there guards nothing. */
export function guarded(sources: Readonly<Record<string, Guardrail>>, ports: AiPorts, ask: Ask): Ask {
  const rails: CompiledGuardrail[] = [];
  for (const [name, source] of Object.entries(sources)) {
    try {
      rails.push(compileGuardrail(name, source));
    } catch (error) {
      ports.warn("a guardrail cannot be compiled, and every call is refused until it can", { guardrail: name, error: error instanceof Error ? error.message : String(error) });
      return () => Promise.reject(new RefusalError({ ...blocked({ name }, "cannot be compiled, so that nothing passes"), status: 503 }));
    }
  }
  return async (call, targets, operation) => {
    const consumer = call.exchange.caller?.consumer;
    const own = rails.filter(({ consumers }) => consumers === null || (consumer !== undefined && consumers.has(consumer)));
    if (own.length === 0) return ask(call, targets, operation);
    const notes = new GuardNotes(call.exchange.record);
    const since = performance.now();
    const checked = call.body.length === 0 ? call : await checkInput(call, own, { ports, notes });
    call.exchange.step("guardrails", since);
    const textRails = operation.generates === true ? own.filter((rail): rail is CompiledGuardrail & { text: TextRule } => rail.onOutput && rail.text !== null) : [];
    return ask(textRails.length === 0 ? checked : checked.with({ guard: new OutputGuard(textRails, notes) }), targets, operation);
  };
}

async function checkInput(call: AiCall, rails: readonly CompiledGuardrail[], { ports, notes }: { ports: AiPorts; notes: GuardNotes }): Promise<AiCall> {
  const before = call.requestBody();
  const outcome = guardInput(rails, { model: call.model, body: before }, notes);
  if ("refusal" in outcome) throw new RefusalError(outcome.refusal);
  const { body } = outcome;
  for (const rail of rails) {
    const refusal = await askWebhook(ports.transport, rail, { callId: call.exchange.id, consumer: call.exchange.caller?.consumer ?? null, model: call.model, body });
    if (!refusal) continue;
    notes.add(rail.name, "input", refusal.code === "guardrail-blocked" ? "block webhook" : "block webhook-error");
    throw new RefusalError(refusal);
  }
  if (body === before) return call;
  const bytes = Buffer.from(JSON.stringify(body));
  return call.with({ body: { bytes, head: body, parsed: body } });
}
