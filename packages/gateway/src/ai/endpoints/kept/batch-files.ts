/** The files that batches are made of, as each API has them: where one is read at its provider, and what a line asks. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { DialectName } from "../../conversation/content.ts";
import { asObject, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { blocked } from "../../guardrails/input-guard.ts";

export interface LineRequest {
  body: JsonObject;
  /** Under the provider's name; empty where none is named. */
  model: string;
  /** As the caller called the model of all lines, where it is that one. */
  asked?: string;
}

export interface BatchFile {
  /** Relative to the provider's base path. */
  readonly place: string;
  /** What names the file in the request for the batch. */
  readonly param: string;
  readonly caller: DialectName;
  requestIn(line: JsonObject): LineRequest;
  /** Of a provider that is known not to give such files back: what rules say then. */
  withheld?(isGuarded: boolean): Refusal;
}

export function openAiBatchFile(id: string): BatchFile {
  return {
    place: `/files/${encodeURIComponent(id)}/content`,
    param: "input_file_id",
    caller: "openai-chat",
    requestIn(line) {
      const body = asObject(line["body"]) ?? {};
      return { body, model: asText(body["model"]) ?? "" };
    },
  };
}

/** A line may name another model than the batch's. Google itself gives nobody back what was uploaded; servers with its API may. */
export function googleBatchFile(id: string, batched: { asked: string; model: string }): BatchFile {
  return {
    place: `/v1beta/files/${encodeURIComponent(id)}:download?alt=media`,
    param: "batch.inputConfig.fileName",
    caller: "gemini",
    requestIn(line) {
      const body = asObject(line["request"]) ?? {};
      const model = asText(body["model"])?.replace(/^models\//, "") ?? batched.model;
      return { body, model, ...(model === batched.model && { asked: batched.asked }) };
    },
    withheld: (isGuarded) => ({
      ...(isGuarded ? blocked({ name: "of these endpoints" }, "cannot look into the file of a batch") : { code: "key-out-of-scope", detail: "The key is for some models only, and the provider does not give the batch's file back, so that the models in it cannot be checked." }),
      fix: "Send the requests in the batch itself.",
    }),
  };
}
