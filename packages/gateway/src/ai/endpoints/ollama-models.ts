/** What Ollama's clients ask besides chatting: whether it runs, which models there are, what one can, which version of the API it is, and to change its models. */
import { RefusalError } from "../../exchange/answer.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Handler } from "../../pipeline/policy.ts";
import type { JsonObject } from "../conversation/json.ts";
import { optionalText, requiredText } from "../conversation/parameters.ts";
import { ModelFactsBook } from "../models/model-facts.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import { RequestBody } from "./request-body.ts";
import { unknownModel } from "./unknown-model.ts";

/** The version whose chat API is spoken here: clients look at it for what they may use. */
const apiVersion = "0.13.0";
/** Nobody but the provider knows more of a model than its name. */
const details = { parent_model: "", format: "", family: "", families: [], parameter_size: "", quantization_level: "" };

export function listOllamaModels(directory: ModelDirectory): Handler {
  return async (_exchange, sink) => {
    const names = await directory.names();
    answer(sink, { models: names.map(({ id }) => ({ name: id, model: id, modified_at: "1970-01-01T00:00:00Z", size: 0, digest: "", details })) });
  };
}

export function showOllamaModel(directory: ModelDirectory): Handler {
  return async (exchange, sink) => {
    const { parsed } = new RequestBody(await exchange.body.whole(), []);
    const name = optionalText(parsed, "model") ?? requiredText(parsed, "name");
    const [target] = await directory.resolve(name);
    if (!target) throw new RefusalError(await unknownModel(directory, name));
    const { capabilities, contextWindow } = new ModelFactsBook().of(target);
    answer(sink, { modelfile: "", parameters: "", template: "", details, capabilities: capabilities.includes("embeddings") ? ["embedding"] : ["completion", "tools"], model_info: contextWindow === undefined ? {} : { "general.context_length": contextWindow } });
  };
}

/** What is loaded is the providers' affair. */
export const listRunningModels: Handler = (_exchange, sink) => answer(sink, { models: [] });

export const tellOllamaVersion: Handler = (_exchange, sink) => answer(sink, { version: apiVersion });

/** A gateway has none of its own. */
export const refuseManaging: Handler = (_exchange, sink) => sink.fault({ code: "unknown-route", detail: "models are fetched, made, copied and deleted at their provider, not here", fix: "Ask the provider itself; GET /api/tags lists the models that there are." });

/** Some look for the words. */
export const tellOllamaRuns: Handler = (_exchange, sink) => answerBytes(sink, "text/plain; charset=utf-8", Buffer.from("Ollama is running"));

function answer(sink: AnswerSink, value: JsonObject): void {
  answerBytes(sink, "application/json", Buffer.from(JSON.stringify(value)));
}

function answerBytes(sink: AnswerSink, contentType: string, body: Buffer): void {
  sink.head(200, ["Content-Type", contentType, "Content-Length", String(body.length)]);
  sink.data(body);
  sink.end();
}
