/** The models that a batch of messages names, each as the one provider calls it that is to carry out the batch. */
import { RefusalError } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import { asObject } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { itemObject, optionalList, refuseParameter, requiredObject, requiredText } from "../../conversation/parameters.ts";
import type { CallerDialect } from "../../conversation/dialect.ts";
import type { ModelDirectory } from "../../models/model-directory.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import { dialectTowards } from "../../models/provider-account.ts";
import type { ProviderAccount } from "../../models/provider-account.ts";
import type { JudgedParts } from "./kept-provider.ts";
import { expectModelInScopes } from "../model-scopes.ts";
import { unknownModel } from "../unknown-model.ts";

/** Throws a `RefusalError` where no one provider of the dialect has all of them. */
export async function batchedModels(body: JsonObject, caller: CallerDialect, { exchange, parts: { directory, judge } }: { exchange: Exchange; parts: JudgedParts }): Promise<{ account: ProviderAccount; body: JsonObject }> {
  const requests = optionalList(body, "requests") ?? [];
  const models = requests.map((request, index) => {
    const at = `requests[${index}]`;
    return requiredText(requiredObject(itemObject(request, at), "params", at), "model", `${at}.params`);
  });
  const targets = new Map<string, readonly ModelTarget[]>();
  for (const model of new Set(models)) expectModelInScopes(exchange, model);
  for (const model of new Set(models)) targets.set(model, await capable(model, caller, directory));
  const [first, ...rest] = targets.values();
  const account = first?.find((target) => rest.every((others) => others.some((other) => other.account === target.account)))?.account;
  if (!account) return refuseParameter("unsupported-parameter", "requests", requests.length === 0 ? "a batch needs requests" : "no one provider has all of the batch's models in this dialect");
  const nameOf = (model: string): string => targets.get(model)?.find((target) => target.account === account)?.model ?? model;
  const named = requests.map((request, index) => {
    const model = models[index] ?? "";
    const params = asObject(asObject(request)?.["params"]) ?? {};
    return { ...asObject(request), params: { ...(judge?.({ model, body: params }) ?? params), model: nameOf(model) } };
  });
  return { account, body: { ...body, requests: named } };
}

async function capable(model: string, caller: CallerDialect, directory: ModelDirectory): Promise<readonly ModelTarget[]> {
  const targets = await directory.resolve(model);
  if (targets.length === 0) throw new RefusalError(await unknownModel(directory, model));
  return targets.filter(({ account }) => account.unusable === null && dialectTowards(account, caller.name)?.name === caller.name);
}
