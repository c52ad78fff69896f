/** `GET /models`: a list of objects with ids, in `data` or alone. */
import type { ProviderDialect } from "../../conversation/dialect.ts";
import { asObject, asObjects, asText } from "../../conversation/json.ts";

export const openAiChatModelList: ProviderDialect["modelList"] = {
  path: "/models",
  parse: (body) => asObjects(asObject(body)?.["data"] ?? body).flatMap((model) => asText(model["id"]) ?? []),
};
