/** What is read of a line of Ollama's. How long things took is its own server's affair. */
import { knownMembers } from "../../conversation/known-members.ts";

export const knownOllamaAnswer = knownMembers({
  model: true, created_at: true, remote_model: true, remote_host: true, done: true, done_reason: true, error: true, response: true, thinking: true, context: true, logprobs: true,
  message: { role: true, content: true, thinking: true, images: true, "tool_calls[]": { id: true, type: true, function: { name: true, arguments: true, index: true } } },
  total_duration: true, load_duration: true, prompt_eval_count: true, prompt_eval_duration: true, eval_count: true, eval_duration: true,
});
