/** What is read of a request to Cohere's v2 chat. Members at the top are looked after where they are read. */
import { knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const content: KnownSpec = { type: true, text: true, thinking: true, image_url: { url: true, detail: true }, document: { data: true, id: true } };

export const knownCohereRequest = knownMembers({
  "*": true,
  "messages[]": { role: true, "content[]": content, tool_call_id: true, tool_plan: true, "tool_calls[]": { id: true, type: true, function: { name: true, arguments: true } }, citations: true },
  "tools[]": { type: true, function: { name: true, description: true, parameters: true } },
  response_format: { type: true, json_schema: true, schema: true },
  thinking: { type: true, token_budget: true },
});
