/** Endpoints of OpenAI's and compatible servers that pass with their bytes: embeddings, moderations, the older completions. */
import type { Operation } from "../calls/operation.ts";
import { tryParseJson } from "../conversation/json.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import { openAiChatPassThrough } from "../dialects/openai-chat/pass-through.ts";
import { parseUsage } from "../dialects/openai-chat/usage.ts";
import { planPassed } from "../calls/plan-passing.ts";
import type { Passed } from "../calls/plan-passing.ts";
import { replaceModel } from "../raw-json/replace-model.ts";
import { memberText, topLevelMembers } from "../raw-json/top-level-members.ts";

export function openAiOperation(title: "embeddings" | "moderations" | "completions"): Operation {
  const passed: Passed = {
    title,
    dialect: "openai-chat",
    fields: openAiChatPassThrough,
    path: () => `/${title}`,
    // Moderations have a model of their own where none is named.
    body(call, { model }) {
      if (model === "") return call.body;
      return title === "completions" ? openAiChatPassThrough.rewriteRequest(call.body, call.head, { model, stream: call.stream }) : replaceModel(call.body, call.head, { model });
    },
    usage(body) {
      const member = topLevelMembers(body, ["usage"])?.members["usage"];
      return member && parseUsage(tryParseJson(memberText(body, member)));
    },
  };
  return {
    plan: (call, target, dialect) => planPassed(call, target, { dialect, passed }),
    inside: () => refuseParameter("unsupported-parameter", "model", `the sandbox has no ${title}`),
  };
}
