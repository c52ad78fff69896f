/** `GET /v1/models` and `GET /v1/models/{id}`: the aliases, then what each provider has as `provider/model`. */
import { RefusalError } from "../../exchange/answer.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Handler } from "../../pipeline/policy.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import { unknownModel } from "./unknown-model.ts";

export function listModels(directory: ModelDirectory): Handler {
  return async (exchange, sink) => {
    const names = await directory.names();
    if (wantsGeminiShape(exchange)) return answer(sink, { models: names.map(({ id }) => describeForGemini(id)) });
    if (!wantsAnthropicShape(exchange)) return answer(sink, { object: "list", data: names.map(({ id, owner }) => describe(id, owner)) });
    const data = names.map(({ id }) => describeForAnthropic(id));
    answer(sink, { data, first_id: names[0]?.id ?? null, last_id: names.at(-1)?.id ?? null, has_more: false });
  };
}

/** `id` is what the path has behind /v1/models/, and may hold slashes, encoded or not. */
export function getModel(directory: ModelDirectory, id: string): Handler {
  return async (exchange, sink) => {
    const name = decode(id);
    const [target] = await directory.resolve(name);
    if (!target) throw new RefusalError(await unknownModel(directory, name));
    if (wantsGeminiShape(exchange)) return answer(sink, describeForGemini(name));
    answer(sink, wantsAnthropicShape(exchange) ? describeForAnthropic(name) : describe(name, target.account.name));
  };
}

/** Nobody but the provider knows when a model was made, so that it is always the beginning of time. */
function describe(id: string, owner: string): JsonObject {
  return { id, object: "model", created: 0, owned_by: owner };
}

function describeForAnthropic(id: string): JsonObject {
  return { type: "model", id, display_name: id, created_at: "1970-01-01T00:00:00Z" };
}

/** `GET /v1beta/models` and `GET /v1beta/models/{id}`, as Google lists them, all on one page. */
export function listGeminiModels(directory: ModelDirectory): Handler {
  return async (_exchange, sink) => {
    const names = await directory.names();
    answer(sink, { models: names.map(({ id }) => describeForGemini(id)) });
  };
}

export function getGeminiModel(directory: ModelDirectory, id: string): Handler {
  return async (_exchange, sink) => {
    const name = decode(id);
    if ((await directory.resolve(name)).length === 0) throw new RefusalError(await unknownModel(directory, name));
    answer(sink, describeForGemini(name));
  };
}

function describeForGemini(id: string): JsonObject {
  return { name: `models/${id}`, displayName: id, supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"] };
}

/** Its clients send the version of their API with every request. */
function wantsAnthropicShape(exchange: Exchange): boolean {
  return exchange.headers["anthropic-version"] !== undefined;
}

/** Google's clients say who they are, or bring the key in a field of Google's. */
function wantsGeminiShape(exchange: Exchange): boolean {
  return exchange.headers["x-goog-api-client"] !== undefined || exchange.headers["x-goog-api-key"] !== undefined;
}

function answer(sink: AnswerSink, value: JsonObject): void {
  const body = Buffer.from(JSON.stringify(value));
  sink.head(200, ["Content-Type", "application/json", "Content-Length", String(body.length)]);
  sink.data(body);
  sink.end();
}

export function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
