/** What is read of a request to Ollama. Members at the top and options are looked after where they are read. */
import { knownMembers } from "../../conversation/known-members.ts";

export const knownOllamaRequest = knownMembers({
  "*": true,
  "messages[]": { role: true, content: true, thinking: true, images: true, tool_name: true, name: true, tool_call_id: true, "tool_calls[]": { id: true, type: true, function: { name: true, arguments: true, index: true } } },
  "tools[]": { type: true, function: { name: true, description: true, parameters: true } },
});
