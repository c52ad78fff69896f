/** Asks somebody else about a request: signed, within a time, and without an answer it is refused unless said otherwise. */
import { createHmac } from "node:crypto";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Transport } from "../../upstreams/transport.ts";
import { asObject, tryParseJson } from "../conversation/json.ts";
import type { JsonObject } from "../conversation/json.ts";
import { fetchBody } from "../models/fetch-body.ts";
import type { CompiledGuardrail } from "./compiled-guardrail.ts";
import { blocked } from "./input-guard.ts";

const maxAnswerBytes = 64 * 1024;

export interface AskedCall {
  readonly callId: string;
  readonly consumer: string | null;
  readonly model: string;
  /** The request; or what is answered, as far as it has been said. */
  readonly about: { readonly phase: "input"; readonly request: JsonObject } | { readonly phase: "output"; readonly answer: JsonObject; readonly done: boolean };
}

/** Null where it may go on. It answers {"allow": true}, or {"allow": false, "reason": "…"}. */
export async function askWebhook(transport: Transport, rail: CompiledGuardrail, call: AskedCall): Promise<Refusal | null> {
  const { webhook } = rail;
  if (!webhook) return null;
  const url = new URL(webhook.url);
  const body = Buffer.from(JSON.stringify({ guardrail: rail.name, call: call.callId, consumer: call.consumer, model: call.model, ...call.about }));
  const signature = webhook.secret ? ["Parley-Signature", createHmac("sha256", webhook.secret).update(body).digest("hex")] : [];
  const answer = await fetchBody(
    transport,
    {
      origin: url.origin, method: "POST", path: url.pathname, body,
      rawHeaders: ["Host", url.host, "User-Agent", "parley", "Content-Type", "application/json", "Content-Length", String(body.length), ...signature],
      timeouts: { connectMs: webhook.timeout, firstByteMs: webhook.timeout, idleMs: webhook.timeout },
    },
    { maxBytes: maxAnswerBytes, withinMs: webhook.timeout },
  );
  const verdict = answer && answer.status >= 200 && answer.status < 300 ? asObject(tryParseJson(answer.body.toString("utf8"))) : undefined;
  if (verdict?.["allow"] === true) return null;
  if (verdict?.["allow"] === false) {
    const { reason } = verdict;
    const what = call.about.phase === "input" ? "refused the request" : "refused the answer";
    return blocked(rail, typeof reason === "string" ? `${what}: ${reason.slice(0, 300)}` : what);
  }
  if (webhook.onError === "pass") return null;
  return { code: "guardrail-unavailable", detail: `The guardrail ${rail.name} asks a webhook, and it gave no answer that could be understood within ${webhook.timeout} ms.`, headers: { "Retry-After": "5" } };
}
