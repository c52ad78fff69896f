// Hot path: every call of a model (benchmarks: ai-pass-through, ai-translated).
/** The endpoint that has a model answer, for callers of any dialect: `POST /v1/chat/completions`, `POST /v1/messages`, `POST /v1/responses`. */
import { RefusalError } from "../../exchange/answer.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { AiCall } from "../calls/ai-call.ts";
import type { Operation } from "../calls/operation.ts";
import { planAttempt } from "../calls/plan-attempt.ts";
import { attemptSandbox } from "../calls/sandbox-attempt.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import type { CallerDialect } from "../conversation/dialect.ts";
import { providerDialects } from "../dialects/provider-dialects.ts";
import { asText } from "../conversation/json.ts";
import { optionalBoolean, requiredText } from "../conversation/parameters.ts";
import { framedSink } from "../framing/framed-sink.ts";
import { pathOf } from "./pinning.ts";
import { asked } from "./asked.ts";
import { namesFiles, pinToFiles } from "./kept/referenced-files.ts";
import type { Pinning } from "./pinning.ts";
import { headScan, RequestBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

/** Has a model answer. */
export const generating: Operation = { generates: true, plan: planAttempt, inside: attemptSandbox };

export function generate(caller: CallerDialect, parts: EndpointParts, pinning?: Pinning): Handler {
  const answer = answerRequest(caller, parts, pinning);
  const { framing } = caller;
  return (exchange, sink) => exchange.body.whole().then((bytes) => answer({ exchange, sink: framing ? framedSink(sink, framing) : sink, bytes }));
}

/** The same for a request that the gateway wrote itself. */
export function answerRequest(caller: CallerDialect, { directory, prices, ports, ask, turns, owners, bills }: EndpointParts, pinning?: Pinning): (request: { exchange: Exchange; sink: AnswerSink; bytes: Buffer }) => Promise<void> {
  const scan = headScan(["model", "stream", ...caller.headMembers], caller.passes?.by ?? providerDialects[caller.name].passThrough ?? null);
  return async ({ exchange, sink, bytes }) => {
    const { record } = exchange;
    record.dialectIn = caller.name;
    const body = new RequestBody(bytes, scan);
    const model = requiredText(body.head, "model");
    const stream = optionalBoolean(body.head, "stream") ?? caller.streamsByDefault ?? false;
    record.modelRequested = model.slice(0, 256);
    record.stream = stream;
    const found = directory.resolve(model, asked(exchange, { model, stream, body }));
    const resolved = found instanceof Promise ? await found : found;
    if (resolved.length === 0) throw new RefusalError(await unknownModel(directory, model));
    const reference = pinning?.reference(body.head) ?? null;
    const kept = pinning && reference ? await pinning.pin(exchange, resolved, reference) : resolved;
    const targets = owners && body.mayNameFiles && namesFiles(bytes) ? await pinToFiles({ parsed: () => body.parsed, caller: caller.name }, { exchange, targets: kept, owners }) : kept;
    if (turns && reference) await turns.take(exchange, pathOf(reference));
    const includeUsage = caller.wantsUsage(body.head);
    const background = pinning && bills && body.head["background"] === true ? bills.begin(exchange, asText(body.parsed["service_tier"])) : undefined;
    await ask(new AiCall({ exchange, sink, caller, body, model, stream, includeUsage, ports, prices, background, onAnswerId: pinning?.remember(exchange) }), targets, generating);
    if (turns && reference && record.upstreamStatus === 409) turns.noteBypass(exchange, pathOf(reference));
  };
}
