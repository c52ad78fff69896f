/** Endpoints of one dialect whose request names a model: to the model's provider with its bytes, where that speaks the dialect. */
import { expectModelInScopes } from "./model-scopes.ts";
import { RefusalError } from "../../exchange/answer.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { AiCall } from "../calls/ai-call.ts";
import type { Operation } from "../calls/operation.ts";
import { planPassed } from "../calls/plan-passing.ts";
import type { Passed } from "../calls/plan-passing.ts";
import type { CallerDialect } from "../conversation/dialect.ts";
import type { DialectName } from "../conversation/content.ts";
import { optionalBoolean, optionalText, refuseParameter, requiredText } from "../conversation/parameters.ts";
import { plainTarget } from "../models/model-directory.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { replaceModel } from "../raw-json/replace-model.ts";
import { asked } from "./asked.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import { namesFiles, pinToFiles } from "./kept/referenced-files.ts";
import type { Pinning } from "./pinning.ts";
import { RequestBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

export interface ByModel {
  operation: Operation;
  /** Of which dialect the first provider is asked where no model is named; absent where one has to be. */
  without?: DialectName;
  /** What it may name that is kept at one provider, for one consumer. */
  names?: { files: true; pinning?: Pinning };
}

export function callByModel(caller: CallerDialect, parts: EndpointParts, how: ByModel): Handler {
  const answer = answerByModel(caller, parts, how);
  return (exchange, sink) => exchange.body.whole().then((bytes) => answer({ exchange, sink, bytes }));
}

/** The same for a body that is not as it came. */
export function answerByModel(caller: CallerDialect, { directory, prices, ports, ask, owners }: EndpointParts, { operation, without, names }: ByModel): (request: { exchange: Exchange; sink: AnswerSink; bytes: Buffer }) => Promise<void> {
  return async ({ exchange, sink, bytes }) => {
    const { record } = exchange;
    record.dialectIn = caller.name;
    const body = new RequestBody(bytes, ["model", "stream", ...caller.headMembers]);
    const model = without && optionalText(body.head, "model") === undefined ? "" : requiredText(body.head, "model");
    const stream = optionalBoolean(body.head, "stream") ?? false;
    record.modelRequested = model.slice(0, 256);
    record.stream = stream;
    expectModelInScopes(exchange, model);
    const found = model === "" ? firstOf(directory, without) : await directory.resolve(model, asked(exchange, { model, stream, body }));
    if (found.length === 0) throw new RefusalError(await unknownModel(directory, model));
    const reference = names?.pinning?.reference(body.head) ?? null;
    const kept = names?.pinning && reference ? await names.pinning.pin(exchange, found, reference) : found;
    const targets = names && owners && namesFiles(body.bytes) ? await pinToFiles({ parsed: () => body.parsed, caller: caller.name }, { exchange, targets: kept, owners }) : kept;
    await ask(new AiCall({ exchange, sink, caller, body, model, stream, includeUsage: caller.wantsUsage(body.head), ports, prices }), targets, operation);
  };
}

/** The first provider of the dialect, for what names no model. */
export function firstOf(directory: ModelDirectory, dialect: DialectName | undefined): readonly ModelTarget[] {
  return directory.usable().filter((account) => account.dialect?.name === dialect).slice(0, 1).map((account) => plainTarget(account, ""));
}

/** The model's name is all that changes in the bytes. */
export function passedByModel(passed: Omit<Passed, "body">): Operation {
  const whole: Passed = { ...passed, body: (call, target) => replaceModel(call.body, call.head, { model: target.model }) };
  return {
    plan: (call, target, dialect) => planPassed(call, target, { dialect, passed: whole }),
    inside: () => refuseParameter("unsupported-parameter", "model", `the sandbox has no ${passed.title}`),
  };
}
