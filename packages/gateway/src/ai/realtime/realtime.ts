/**
 * `GET /v1/realtime`: a WebSocket to the model's provider. Bytes go both ways untouched; what the provider's events tell of
 * usage is counted on the way. Until the provider has switched, the next target is tried as for any other call. Hides
 * frames and sockets; may import the calls, the models and the record.
 */
import { expectModelInScopes } from "../endpoints/model-scopes.ts";
import type { Socket } from "node:net";
import { RefusalError } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { AiCall } from "../calls/ai-call.ts";
import type { CallFailure } from "../calls/call-failure.ts";
import { mediaUsage } from "../calls/media-usage.ts";
import { answerFailure } from "../calls/run-call.ts";
import type { Usage } from "../conversation/answer.ts";
import { asObject, tryParseJson } from "../conversation/json.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import { openAiChatCaller } from "../dialects/openai-chat/dialect.ts";
import type { EndpointParts } from "../endpoints/endpoint-parts.ts";
import { RequestBody } from "../endpoints/request-body.ts";
import { unknownModel } from "../endpoints/unknown-model.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { noteUsage } from "../record/call-notes.ts";
import { connectTarget } from "./connect-target.ts";
import type { Switched } from "./connect-target.ts";
import { endTogether } from "./end-together.ts";
import { RuledSession } from "./ruled-session.ts";
import type { SessionRules } from "./ruled-session.ts";
import { sumOfUsage } from "../record/usage-sum.ts";
import { FrameWatch } from "./frame-watch.ts";

const noBody = new RequestBody(Buffer.from("{}"), []);

export function realtime({ directory, prices, ports, session }: EndpointParts): Handler {
  return async (exchange, sink) => {
    const { record, upgrade } = exchange;
    record.dialectIn = "openai-realtime";
    if (!upgrade) throw new RefusalError({ code: "invalid-request", status: 426, detail: "this endpoint is a WebSocket", fix: "Connect with ws:// or wss:// in the place of http.", headers: { Upgrade: "websocket", Connection: "Upgrade" } });
    const model = queryOf(exchange).get("model") ?? refuseParameter("invalid-request", "model", "model is missing; it stands in the query");
    record.modelRequested = model.slice(0, 256);
    record.stream = true;
    expectModelInScopes(exchange, model);
    const targets = await directory.resolve(model);
    if (targets.length === 0) throw new RefusalError(await unknownModel(directory, model));
    const call = new AiCall({ exchange, sink, caller: openAiChatCaller, body: noBody, model, stream: true, includeUsage: true, ports, prices });
    const rules = (await session?.(call, targets)) ?? null;
    if (rules?.budget) exchange.onEnded(() => void rules.budget?.end());
    exchange.onClientGone(() => (call.clientGone = true));
    let told: CallFailure | null = null;
    for (const target of targets) {
      if (call.clientGone) return;
      const connected = await connectTarget(call, target);
      if ("kind" in connected) return join(call, { target, rules }, connected);
      told = connected;
      if (!told.failOver) break;
    }
    if (told) answerFailure(call, told);
  };
}

function join(call: AiCall, { target, rules }: { target: ModelTarget; rules: SessionRules | null }, { answer, socket, head }: Switched): void {
  const { exchange } = call;
  const { record } = exchange;
  record.kind = "websocket";
  record.upstreamStatus = 101;
  const fields = ["Connection", "Upgrade", "Upgrade", "websocket"];
  for (const name of ["sec-websocket-accept", "sec-websocket-protocol"]) {
    const value = answer.headers[name];
    if (typeof value === "string") fields.push(name, value);
  }
  const client = (exchange.upgrade as NonNullable<Exchange["upgrade"]>).accept(fields);
  if (head.length > 0) socket.unshift(head);
  client.on("data", (chunk: Buffer) => (record.requestBytes += chunk.length));
  socket.on("data", (chunk: Buffer) => (record.responseBytes += chunk.length));
  if (rules) new RuledSession({ call, target, rules, client, provider: socket }).start();
  else pipe(client, socket, usageWatch(call, target));
  endTogether(exchange, client, socket);
}

function pipe(client: Socket, provider: Socket, watch: FrameWatch): void {
  provider.on("data", (chunk: Buffer) => watch.push(chunk));
  client.pipe(provider);
  provider.pipe(client);
}

/** A session has many answers: the record has their sum at any time. */
function usageWatch(call: AiCall, target: ModelTarget): FrameWatch {
  let total: Usage | undefined;
  return new FrameWatch((text) => {
    if (!text.includes('"usage"')) return;
    const event = asObject(tryParseJson(text));
    const usage = mediaUsage(asObject(event?.["response"])?.["usage"] ?? event?.["usage"]);
    if (!usage) return;
    total = total ? sumOfUsage(total, usage) : usage;
    noteUsage(call, target, { usage: total, finishReason: undefined });
  });
}

function queryOf({ target }: Exchange): URLSearchParams {
  return new URLSearchParams(target.includes("?") ? target.slice(target.indexOf("?")) : "");
}
