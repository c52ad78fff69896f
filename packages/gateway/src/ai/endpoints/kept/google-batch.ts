/**
 * Google's batches: made below a model (`models/{model}:batchGenerateContent`, `:asyncBatchEmbedContent`), of requests in the
 * body or in a file, and asked for as operations (`batches/{id}`). They are made at the model's provider, where their file is,
 * under the provider's name of the model; the file of their results is the same consumer's.
 */
import { RefusalError } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { AiCall } from "../../calls/ai-call.ts";
import type { SentBody } from "../../calls/plan-media.ts";
import type { ReadAnswer } from "../../calls/whole-relay.ts";
import { asObject, asObjects, asText, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { refuseParameter, requiredObject } from "../../conversation/parameters.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { geminiCaller } from "../../dialects/gemini/dialect.ts";
import { camelCased, camelCasedMember } from "../../dialects/gemini/member.ts";
import { modelResource } from "../../dialects/gemini/model-resource.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import { dialectTowards } from "../../models/provider-account.ts";
import { expectModelInScopes } from "../model-scopes.ts";
import { decode } from "../models.ts";
import { withKey } from "../pinning.ts";
import { unknownModel } from "../unknown-model.ts";
import { billGoogleBatch, billOfGoogle, expectBill } from "./batch-bill.ts";
import { googleBatchFile } from "./batch-files.ts";
import { expectLines } from "./batch-lines.ts";
import { readGoogleObject } from "./google-answer.ts";
import type { KeptAnswerParts } from "./kept-answer.ts";
import { keeperOf } from "./kept-provider.ts";
import type { JudgedParts, KeptParts } from "./kept-provider.ts";
import { pinToFiles } from "./referenced-files.ts";

export interface BatchedModel {
  readonly model: string;
  readonly verb: string;
}

const batchPath = /^\/v1(?:beta)?\/(?:models\/)?(.+):(batchGenerateContent|asyncBatchEmbedContent)$/;

/** Null for any other path. */
export function batchedModelOf(path: string): BatchedModel | null {
  const [, model, verb] = batchPath.exec(path) ?? [];
  return model !== undefined && verb !== undefined ? { model: decode(model), verb } : null;
}

/** Throws a `RefusalError` where no provider of the model has batches in this dialect, or has the file. */
export async function batchTarget({ model, verb }: BatchedModel, body: JsonObject, { call, parts }: { call: AiCall; parts: JudgedParts }): Promise<{ target: ModelTarget; place: string; sent: SentBody }> {
  const { exchange } = call;
  expectModelInScopes(exchange, model);
  exchange.record.modelRequested = model.slice(0, 256);
  const targets = await parts.directory.resolve(model);
  if (targets.length === 0) throw new RefusalError(await unknownModel(parts.directory, model));
  const capable = targets.filter(({ account }) => account.unusable === null && account.surface === null && (!account.supports || account.supports.has("batches")) && dialectTowards(account, geminiCaller.name)?.name === geminiCaller.name);
  if (capable.length === 0) return refuseParameter("unsupported-parameter", "model", `no provider of the model ${model.slice(0, 100)} has batches in this dialect`);
  const batch = inOneWriting(requiredObject(body, "batch"));
  const file = asText(asObject(batch["inputConfig"])?.["fileName"])?.replace(/^files\//, "");
  const withFile = await atFile(file, capable, { exchange, parts });
  const [target] = await pinToFiles({ parsed: () => body, caller: geminiCaller.name }, { exchange, targets: withFile, owners: parts.owners });
  if (!target) return refuseParameter("unsupported-parameter", "batch.inputConfig.fileName", `no provider of the model ${model.slice(0, 100)} has the batch's file`);
  if (file !== undefined) await expectLines(googleBatchFile(file, { asked: model, model: target.model }), target, { call, owners: parts.owners, judge: parts.judge });
  const resource = modelResource(target.model);
  return { target, place: `/v1beta/${resource}:${verb}`, sent: { contentType: "application/json", pieces: [Buffer.from(JSON.stringify({ ...body, batch: named(judgedBatch(batch, model, parts), resource) }))] } };
}

/** Google's API takes snake_case too: what is judged here is what goes out. */
function inOneWriting(given: JsonObject): JsonObject {
  const batch = camelCased(given);
  const input = camelCasedMember(batch["inputConfig"]);
  return input === undefined ? batch : { ...batch, inputConfig: input };
}

/** The file is the caller's own, and is where it was uploaded to. */
async function atFile(id: string | undefined, targets: readonly ModelTarget[], { exchange, parts }: { exchange: Exchange; parts: KeptParts }): Promise<readonly ModelTarget[]> {
  if (id === undefined) return targets;
  const keeper = await keeperOf({ kind: "gemini-file", title: "file", id }, exchange, parts);
  return withKey(targets.filter(({ account }) => account === keeper.account), keeper.keyName);
}

/** A batch of embeddings has the same form. */
function judgedBatch(batch: JsonObject, model: string, { judge }: JudgedParts): JsonObject {
  const input = asObject(batch["inputConfig"]);
  const inlined = asObject(input?.["requests"]);
  if (!judge || !inlined?.["requests"]) return batch;
  const requests = asObjects(inlined["requests"]).map((each) => ({ ...each, request: judge({ model, body: asObject(each["request"]) ?? {} }) }));
  return { ...batch, inputConfig: { ...input, requests: { ...inlined, requests } } };
}

/** The requests name the model as well. */
function named(batch: JsonObject, model: string): JsonObject {
  const input = asObject(batch["inputConfig"]);
  const inlined = asObject(input?.["requests"]);
  const requests = inlined?.["requests"] && asObjects(inlined["requests"]).map((each) => (asObject(each["request"])?.["model"] === undefined ? each : { ...each, request: { ...asObject(each["request"]), model } }));
  return { ...batch, ...(batch["model"] !== undefined && { model }), ...(requests && { inputConfig: { ...input, requests: { ...inlined, requests } } }) };
}

export async function readGoogleBatch(body: Buffer, parts: KeptAnswerParts, isNew: boolean): Promise<ReadAnswer | ProviderError> {
  const answer = await readGoogleObject(body, parts, isNew);
  const value = asObject(tryParseJson(body.toString("utf8")));
  const id = /^batches\/(.+)$/.exec(asText(value?.["name"]) ?? "")?.[1];
  if (!value || id === undefined) return answer;
  try {
    if (isNew) await expectBill("gemini-batch", id, parts);
    await takeResults({ id, value }, parts);
  } catch {
    parts.warn("the ledger was not there to tell whether a batch has been counted; it is the next time that it is asked for");
  }
  return answer;
}

async function takeResults({ id, value }: { id: string; value: JsonObject }, { owners, owner, bill }: KeptAnswerParts): Promise<void> {
  const metadata = asObject(value["metadata"]);
  const output = asObject(value["response"]) ?? asObject(metadata?.["output"]);
  const file = asText(output?.["responsesFile"])?.replace(/^files\//, "");
  if (file !== undefined) await owners.remember("gemini-file", file, owner);
  const model = asText(metadata?.["model"])?.replace(/^models\//, "");
  const answers = asObjects(asObject(output?.["inlinedResponses"])?.["inlinedResponses"]);
  await billGoogleBatch({ id, bills: answers.flatMap((each) => billOfGoogle(each, model) ?? []), file }, bill, owner);
}
