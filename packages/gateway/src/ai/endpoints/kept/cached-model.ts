/** Content that is to be cached for a model: made at the model's provider, under the provider's name of the model. */
import { RefusalError } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { SentBody } from "../../calls/plan-media.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter, requiredText } from "../../conversation/parameters.ts";
import { geminiCaller } from "../../dialects/gemini/dialect.ts";
import { modelResource } from "../../dialects/gemini/model-resource.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import { dialectTowards } from "../../models/provider-account.ts";
import { expectModelInScopes } from "../model-scopes.ts";
import { unknownModel } from "../unknown-model.ts";
import type { JudgedParts } from "./kept-provider.ts";
import { pinToFiles } from "./referenced-files.ts";

/** Throws a `RefusalError` where no provider of the model keeps content in this dialect. */
export async function cachedModel(body: JsonObject, exchange: Exchange, { directory, owners, judge }: JudgedParts): Promise<{ target: ModelTarget; sent: SentBody }> {
  const model = requiredText(body, "model").replace(/^models\//, "");
  expectModelInScopes(exchange, model);
  exchange.record.modelRequested = model.slice(0, 256);
  const targets = await directory.resolve(model);
  if (targets.length === 0) throw new RefusalError(await unknownModel(directory, model));
  const capable = targets.filter(({ account }) => account.unusable === null && account.surface === null && dialectTowards(account, geminiCaller.name)?.name === geminiCaller.name);
  if (capable.length === 0) return refuseParameter("unsupported-parameter", "model", `no provider of the model ${model.slice(0, 100)} keeps cached content in this dialect`);
  const [target] = await pinToFiles({ parsed: () => body, caller: geminiCaller.name }, { exchange, targets: capable, owners });
  if (!target) return refuseParameter("unsupported-parameter", "model", `no provider of the model ${model.slice(0, 100)} has the files of the content`);
  const sent = Buffer.from(JSON.stringify({ ...(judge?.({ model, body }) ?? body), model: modelResource(target.model) }));
  return { target, sent: { contentType: "application/json", pieces: [sent] } };
}
