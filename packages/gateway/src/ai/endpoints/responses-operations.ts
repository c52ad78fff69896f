/** What the responses API does beside answering: compacting a conversation, counting its tokens. Only its own providers can. */
import { asObject, tryParseJson } from "../conversation/json.ts";
import type { Operation } from "../calls/operation.ts";
import { openAiResponsesProvider } from "../dialects/openai-responses/dialect.ts";
import { parseUsage } from "../dialects/openai-responses/usage.ts";
import { passedByModel } from "./pass-by-model.ts";

export function responsesOperation(path: string): Operation {
  const { name, passThrough } = openAiResponsesProvider;
  return passedByModel({
    title: path,
    dialect: name,
    fields: { requestFields: passThrough?.requestFields ?? new Set(), requiredFields: [] },
    path: () => path,
    usage: (body) => parseUsage(asObject(tryParseJson(body.toString("utf8")))?.["usage"]),
  });
}
