/** Requests of responses as their reference and guides show them; words and base64 are marked as in `chat-requests.ts`. */
import type { Json } from "../../testing/checklist-bench.ts";

const weather = { type: "function", name: "get_weather", description: "~Tells the weather", strict: true, parameters: { type: "object", properties: { city: { type: "string", description: "~A city" } }, required: ["city"], additionalProperties: false } };
const asked = { role: "user", content: "~Question" };
const call = (id: string, city: string): Json => ({ type: "function_call", id: `fc_${id}`, call_id: id, name: "get_weather", arguments: JSON.stringify({ city }), status: "completed" });

export const responsesRequests: Record<string, Json> = {
  "a text and instructions": { input: "~Question", instructions: "~Be brief." },
  "several calls at once, with results in another order": { input: [asked, call("call_1", "~Oslo"), call("call_2", "~Rome"), { type: "function_call_output", call_id: "call_2", output: "~warm" }, { type: "function_call_output", call_id: "call_1", output: "~cold" }], tools: [weather] },
  "a result with a picture": { input: [asked, call("call_1", "~Oslo"), { type: "function_call_output", call_id: "call_1", output: [{ type: "input_text", text: "~seen" }, { type: "input_image", image_url: "data:image/png;base64,zzPicture" }] }], tools: [weather] },
  "encrypted reasoning before a call": { input: [asked, { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "~Hm" }], encrypted_content: "~secret" }, call("call_1", "~Oslo"), { type: "function_call_output", call_id: "call_1", output: "~cold" }], tools: [weather], include: ["reasoning.encrypted_content"], store: false },
  "developer and system messages in between": { input: [{ role: "developer", content: "~Be brief." }, asked, { type: "message", role: "assistant", content: [{ type: "output_text", text: "~Fine", annotations: [] }] }, { role: "system", content: [{ type: "input_text", text: "~In French." }] }, { role: "user", content: [{ type: "input_text", text: "~Again" }] }] },
  "a picture and a file": { input: [{ role: "user", content: [{ type: "input_image", image_url: "data:image/jpeg;base64,zzPicture", detail: "high" }, { type: "input_file", filename: "~paper.pdf", file_data: "data:application/pdf;base64,zzPaper" }, { type: "input_text", text: "~Compare" }] }] },
  "an object by a schema": { input: [asked], text: { format: { type: "json_schema", name: "answer", strict: true, schema: { type: "object", properties: { "~field": { anyOf: [{ type: "number" }, { type: "null" }] } }, required: ["~field"], additionalProperties: false } }, verbosity: "low" } },
  "reasoning and limits": { input: [asked], reasoning: { effort: "high", summary: "auto" }, max_output_tokens: 5000, temperature: 1, top_p: 0.9 },
  "a tool that has to be called, one at a time": { input: [asked], tools: [weather], tool_choice: { type: "function", name: "get_weather" }, parallel_tool_calls: false },
  "a custom tool, called before": { input: [asked, { type: "custom_tool_call", call_id: "call_1", name: "run_sql", input: "~select 1" }, { type: "custom_tool_call_output", call_id: "call_1", output: "~one" }], tools: [{ type: "custom", name: "run_sql", description: "~Runs SQL" }] },
  "a refusal in the conversation": { input: [asked, { type: "message", role: "assistant", content: [{ type: "refusal", refusal: "~No" }] }, { role: "user", content: "~Why" }] },
  "names for the cache and for safety": { input: [asked], prompt_cache_key: "~key", safety_identifier: "~person", metadata: { team: "~blue" }, service_tier: "flex", truncation: "auto" },
  "sound": { input: [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "zzSound", format: "mp3" } }, { type: "input_text", text: "~Write it down" }] }] },
  "a cited answer in the conversation": { input: [asked, { type: "message", role: "assistant", content: [{ type: "output_text", text: "~Found", annotations: [{ type: "url_citation", url: "https://one.example", title: "One", start_index: 0, end_index: 6 }] }] }, { role: "user", content: "~More" }] },
};
