/** A model's realtime connection at its provider: with one key after another, while a key is what failed and there are others. */
import type { Exchange } from "../../exchange/exchange.ts";
import type { AiCall } from "../calls/ai-call.ts";
import { readProviderFields } from "../calls/answer-fields.ts";
import { failureOfProvider, failureOfRefusal, keyOutcomeOf, noCredentials } from "../calls/call-failure.ts";
import type { CallFailure } from "../calls/call-failure.ts";
import { outgoing } from "../calls/outgoing-request.ts";
import { tryParseJson } from "../conversation/json.ts";
import { parseChatError } from "../dialects/openai-chat/errors.ts";
import type { ProviderKey } from "../keys/provider-key.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { dialectTowards } from "../models/provider-account.ts";
import { noteTarget } from "../record/call-notes.ts";
import { connectProvider } from "./connect-provider.ts";
import type { Connected } from "./connect-provider.ts";

export type Switched = Extract<Connected, { kind: "switched" }>;

/** Browsers cannot set a header field, so OpenAI's own client says the key as a protocol. */
const keyProtocol = /^openai-insecure-api-key\./;

export async function connectTarget(call: AiCall, target: ModelTarget): Promise<Switched | CallFailure> {
  const { account, model } = target;
  noteTarget(call, target, account.dialect);
  if (account.unusable) return failureOfRefusal(account.unusable);
  if (dialectTowards(account, "openai-chat")?.name !== "openai-chat" || (account.supports && !account.supports.has("realtime"))) {
    return failureOfRefusal({ code: "unsupported-parameter", detail: `the provider ${account.name} has no realtime connections`, extensions: { param: "model" } });
  }
  const tried = new Set<ProviderKey>();
  for (;;) {
    const key = account.keys.take(call.ports.now(), model, tried);
    const connected = await connectWithKey(call, target, key);
    if (!key) return connected;
    if ("kind" in connected) account.keys.succeeded(key, model);
    else if (account.keys.failed(key, keyOutcomeOf(connected, target), call.ports.now()) && tried.size + 1 < account.keys.size && !call.clientGone) {
      tried.add(key);
      continue;
    }
    return connected;
  }
}

async function connectWithKey(call: AiCall, target: ModelTarget, key: ProviderKey | null): Promise<Switched | CallFailure> {
  const { exchange, ports } = call;
  const { name } = target.account;
  const request = outgoing({ call, target, path: `/realtime?${queryFor(exchange, target)}`, fields: fieldsOf(exchange), body: null, method: "GET" });
  try {
    await key?.authorize(request, { transport: ports.transport, now: () => ports.now() });
  } catch (error) {
    return noCredentials(target, error);
  }
  const connected = await connectProvider(request, (stop) => exchange.onClientGone(stop));
  if (connected.kind === "switched") return connected;
  if (connected.kind === "failed") return failureOfRefusal({ code: connected.notSent ? "provider-unreachable" : "provider-broken", detail: `the provider ${name} could not be reached` });
  exchange.record.upstreamStatus = connected.status;
  const text = connected.body.toString("utf8");
  const { fields } = readProviderFields(connected.rawHeaders, null);
  return failureOfProvider(parseChatError(connected.status < 400 ? 502 : connected.status, tryParseJson(text) ?? text), target, { fields });
}

function queryFor({ target }: Exchange, { model }: ModelTarget): string {
  const query = new URLSearchParams(target.includes("?") ? target.slice(target.indexOf("?")) : "");
  query.delete("key");
  query.set("model", model);
  return query.toString();
}

/** Without extensions: a compressed frame could not be looked at. */
function fieldsOf({ headers }: Exchange): string[] {
  const fields = ["Connection", "Upgrade", "Upgrade", "websocket"];
  for (const name of ["sec-websocket-key", "sec-websocket-version", "openai-beta", "openai-safety-identifier"]) {
    const value = headers[name];
    if (typeof value === "string") fields.push(name, value);
  }
  const protocols = (headers["sec-websocket-protocol"] ?? "").split(",").map((protocol) => protocol.trim()).filter((protocol) => protocol !== "" && !keyProtocol.test(protocol));
  return protocols.length === 0 ? fields : [...fields, "sec-websocket-protocol", protocols.join(", ")];
}
