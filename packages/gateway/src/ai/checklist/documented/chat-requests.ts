/**
 * Requests of chat completions as their reference and the guides of compatible servers show them. A word that begins with ~, and base64
 * that begins with zz, has to arrive, or something has to be warned of.
 */
import type { Json } from "../../testing/checklist-bench.ts";

const weather = { type: "function", function: { name: "get_weather", description: "~Tells the weather", parameters: { type: "object", properties: { city: { type: "string", description: "~A city" }, unit: { type: "string", enum: ["c", "f"] } }, required: ["city"], additionalProperties: false } } };
const called = (id: string, city: string): Json => ({ id, type: "function", function: { name: "get_weather", arguments: JSON.stringify({ city }) } });
const user = (content: unknown): Json => ({ role: "user", content });
const asked = user("~Question");

const nested = {
  type: "object", additionalProperties: false, required: ["~people", "either"],
  properties: { "~people": { type: "array", items: { $ref: "#/$defs/person" } }, either: { anyOf: [{ type: "string", description: "~words" }, { type: "null" }] } },
  $defs: { person: { type: "object", additionalProperties: false, properties: { name: { type: "string", description: "~whose" }, boss: { anyOf: [{ $ref: "#/$defs/person" }, { type: "null" }] } }, required: ["name", "boss"] } },
};

export const chatRequests: Record<string, Json> = {
  "several calls at once, one of which failed": { messages: [asked, { role: "assistant", content: null, tool_calls: [called("call_1", "~Oslo"), called("call_2", "~Rome")] }, { role: "tool", tool_call_id: "call_1", content: "~3 degrees" }, { role: "tool", tool_call_id: "call_2", content: "Error: ~timed out" }], tools: [weather] },
  "results in another order than the calls": { messages: [asked, { role: "assistant", content: "~Looking", tool_calls: [called("call_1", "~Oslo"), called("call_2", "~Rome")] }, { role: "tool", tool_call_id: "call_2", content: "~warm" }, { role: "tool", tool_call_id: "call_1", content: "~cold" }], tools: [weather] },
  "a result of parts": { messages: [asked, { role: "assistant", tool_calls: [called("call_1", "~Oslo")] }, { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "~one" }, { type: "text", text: "~two" }] }], tools: [weather] },
  "developer messages, and a system message in the middle": { messages: [{ role: "developer", content: "~Be brief." }, { role: "system", content: "~Be kind." }, asked, { role: "system", content: "~From now on in French." }, user("~Again")] },
  "turns of one role in a row": { messages: [user("~One"), user("~Two"), { role: "assistant", content: "~Three" }, { role: "assistant", content: "~Four" }, user("~Five")] },
  "an answer that is begun": { messages: [asked, { role: "assistant", content: "~Well, ", prefix: true }] },
  "names of speakers": { messages: [{ role: "user", name: "~alice", content: "~Hi" }, { role: "user", name: "~bob", content: "~Ho" }] },
  "a picture by its address and one as data": { messages: [user([{ type: "text", text: "~Compare" }, { type: "image_url", image_url: { url: "data:image/png;base64,zzPicture", detail: "low" } }])] },
  "a PDF and a question": { messages: [user([{ type: "file", file: { filename: "~report.pdf", file_data: "data:application/pdf;base64,zzPaper" } }, { type: "text", text: "~Sum up" }])] },
  "sound": { messages: [user([{ type: "input_audio", input_audio: { data: "zzSound", format: "wav" } }, { type: "text", text: "~Write it down" }])] },
  "an object by a nested schema": { messages: [asked], response_format: { type: "json_schema", json_schema: { name: "crew", description: "~A crew", strict: true, schema: nested } } },
  "JSON without a schema": { messages: [user("~Answer in JSON")], response_format: { type: "json_object" } },
  "a tool with a recursive schema": { messages: [asked], tools: [{ type: "function", function: { name: "build", strict: true, parameters: nested } }], tool_choice: "required" },
  "one tool that has to be called": { messages: [asked], tools: [weather], tool_choice: { type: "function", function: { name: "get_weather" } }, parallel_tool_calls: false },
  "some tools of several": { messages: [asked], tools: [weather, { type: "function", function: { name: "other", parameters: { type: "object", properties: {} } } }], tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "get_weather" } }] } } },
  "a tool with free text and a grammar": { messages: [asked], tools: [{ type: "custom", custom: { name: "run_sql", description: "~Runs SQL", format: { type: "grammar", grammar: { syntax: "lark", definition: "start: ~select" } } } }] },
  "settings of the sampling": { messages: [asked], temperature: 0.3, top_p: 0.9, max_completion_tokens: 900, stop: ["~END"], seed: 7, presence_penalty: 0.2, frequency_penalty: 0.1 },
  "an effort, an end user, a tier and metadata": { messages: [asked], reasoning_effort: "low", user: "~user-1", metadata: { team: "~blue" }, service_tier: "auto", store: false },
  "marks for the cache": { messages: [{ role: "system", content: [{ type: "text", text: "~Long instructions", cache_control: { type: "ephemeral" } }] }, user([{ type: "text", text: "~Question", cache_control: { type: "ephemeral", ttl: "1h" } }])] },
  "reasoning that is given back": { messages: [asked, { role: "assistant", content: "~Done", reasoning_content: "~Hm", reasoning_details: [{ type: "reasoning.text", text: "~Hm", signature: "~signed", format: "anthropic-messages", index: 0 }] }, user("~More")] },
  "a refusal in the conversation": { messages: [asked, { role: "assistant", content: null, refusal: "~I will not" }, user("~Why")] },
  "arguments that are no JSON are an error": { messages: [asked, { role: "assistant", tool_calls: [called("call_1", "~Oslo")] }, { role: "tool", tool_call_id: "call_1", content: "" }], tools: [weather] },
};
