/** Hot path of services with `rewrite.response`. Changes fields of answers, the gateway's own refusals excepted. */
import { ChangedHead } from "../../exchange/changed-head.ts";
import type { Policy } from "../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { changeFields, changesFields } from "../../upstreams/rewrite.ts";

export const answerHeadersPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "answer-headers",
  sharedAs: ({ answerHeaders }) => (answerHeaders ? JSON.stringify(answerHeaders) : ""),
  create({ answerHeaders }) {
    if (!answerHeaders || !changesFields(answerHeaders)) return null;
    return (next) => (exchange, sink) => next(exchange, new ChangedHead(sink, (rawHeaders) => changeFields(rawHeaders, answerHeaders)));
  },
};
