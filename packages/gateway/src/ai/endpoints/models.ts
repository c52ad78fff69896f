/** `GET /v1/models` and `GET /v1/models/{id}`: the aliases, then what each provider has as `provider/model`. */
import { RefusalError } from "../../exchange/answer.ts";
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Handler } from "../../pipeline/policy.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { ModelDirectory } from "../models/model-directory.ts";
import { unknownModel } from "./unknown-model.ts";

export function listModels(directory: ModelDirectory): Handler {
  return async (_exchange, sink) => {
    const names = await directory.names();
    answer(sink, { object: "list", data: names.map(({ id, owner }) => describe(id, owner)) });
  };
}

/** `id` is what the path has behind /v1/models/, and may hold slashes, encoded or not. */
export function getModel(directory: ModelDirectory, id: string): Handler {
  return async (_exchange, sink) => {
    const name = decode(id);
    const [target] = await directory.resolve(name);
    if (!target) throw new RefusalError(await unknownModel(directory, name));
    answer(sink, describe(name, target.account.name));
  };
}

/** Nobody but the provider knows when a model was made, so that it is always the beginning of time. */
function describe(id: string, owner: string): JsonObject {
  return { id, object: "model", created: 0, owned_by: owner };
}

function answer(sink: AnswerSink, value: JsonObject): void {
  const body = Buffer.from(JSON.stringify(value));
  sink.head(200, ["Content-Type", "application/json", "Content-Length", String(body.length)]);
  sink.data(body);
  sink.end();
}

function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
