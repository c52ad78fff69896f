/** Endpoints of one dialect whose request names a model: to the model's provider with its bytes, where that speaks the dialect. */
import { RefusalError } from "../../exchange/answer.ts";
import type { Handler } from "../../pipeline/policy.ts";
import { AiCall } from "../calls/ai-call.ts";
import type { Operation } from "../calls/operation.ts";
import { planPassed } from "../calls/plan-passing.ts";
import type { Passed } from "../calls/plan-passing.ts";
import { runCall } from "../calls/run-call.ts";
import type { CallerDialect } from "../conversation/dialect.ts";
import { optionalBoolean, refuseParameter, requiredText } from "../conversation/parameters.ts";
import { replaceModel } from "../raw-json/replace-model.ts";
import type { EndpointParts } from "./generate.ts";
import { RequestBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

export function callByModel(caller: CallerDialect, { directory, prices, ports }: EndpointParts, operation: Operation): Handler {
  return async (exchange, sink) => {
    const { record } = exchange;
    record.dialectIn = caller.name;
    const body = new RequestBody(await exchange.body.whole(), ["model", "stream"]);
    const model = requiredText(body.head, "model");
    const stream = optionalBoolean(body.head, "stream") ?? false;
    record.modelRequested = model.slice(0, 256);
    record.stream = stream;
    const targets = await directory.resolve(model);
    if (targets.length === 0) throw new RefusalError(await unknownModel(directory, model));
    await runCall(new AiCall({ exchange, sink, caller, body, model, stream, includeUsage: true, ports, prices }), targets, operation);
  };
}

/** The model's name is all that changes in the bytes. */
export function passedByModel(passed: Omit<Passed, "body">): Operation {
  const whole: Passed = { ...passed, body: (call, target) => replaceModel(call.body, call.head, target.model) };
  return {
    plan: (call, target, dialect) => planPassed(call, target, { dialect, passed: whole }),
    sandbox: () => refuseParameter("unsupported-parameter", "model", `the sandbox has no ${passed.title}`),
  };
}
