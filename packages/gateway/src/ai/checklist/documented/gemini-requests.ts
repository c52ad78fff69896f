/** Requests of generateContent as its reference and guides show them; words and base64 are marked as in `chat-requests.ts`. */
import type { Json } from "../../testing/checklist-bench.ts";

const user = (...parts: object[]): Json => ({ role: "user", parts });
const model = (...parts: object[]): Json => ({ role: "model", parts });
const asked = user({ text: "~Question" });
const weather = { functionDeclarations: [{ name: "get_weather", description: "~Tells the weather", parameters: { type: "OBJECT", properties: { city: { type: "STRING", description: "~A city", nullable: true } }, required: ["city"] } }] };
const call = (city: string, rest: object = {}): Json => ({ functionCall: { name: "get_weather", args: { city } }, ...rest });
const response = (value: object): Json => ({ functionResponse: { name: "get_weather", response: value } });

export const geminiRequests: Record<string, Json> = {
  "an instruction and turns": { systemInstruction: { parts: [{ text: "~Be brief." }, { text: "~Be kind." }] }, contents: [asked, model({ text: "~Fine" }), user({ text: "~Again" })] },
  "the same function twice, without ids": { contents: [asked, model(call("~Oslo"), call("~Rome")), user(response({ result: "~cold" }), response({ result: "~warm" }))], tools: [weather] },
  "a signed call, and a thought": { contents: [asked, model({ text: "~Hm", thought: true }, call("~Oslo", { thoughtSignature: "~signed" })), user(response({ output: "~cold" }))], tools: [weather] },
  "a failed call": { contents: [asked, model(call("~Oslo")), user(response({ error: "~timed out" }))], tools: [weather] },
  "a structured result": { contents: [asked, model(call("~Oslo")), user(response({ temperature: 3, unit: "~celsius" }))], tools: [weather] },
  "a picture and a PDF": { contents: [user({ inlineData: { mimeType: "image/png", data: "zzPicture" } }, { inlineData: { mimeType: "application/pdf", data: "zzPaper" } }, { text: "~Compare" })] },
  "sound": { contents: [user({ inlineData: { mimeType: "audio/mp3", data: "zzSound" } }, { text: "~Write it down" })] },
  "an object by a schema of Google's": { contents: [asked], generationConfig: { responseMimeType: "application/json", responseSchema: { type: "OBJECT", properties: { "~field": { type: "ARRAY", items: { type: "STRING", enum: ["~a", "~b"] } } }, required: ["~field"], propertyOrdering: ["~field"] } } },
  "an object by a JSON schema": { contents: [asked], generationConfig: { responseMimeType: "application/json", responseJsonSchema: { type: "object", properties: { "~field": { $ref: "#/$defs/x" } }, $defs: { x: { type: "string" } } } } },
  "settings": { contents: [asked], generationConfig: { temperature: 0.4, topP: 0.9, maxOutputTokens: 900, stopSequences: ["~END"], thinkingConfig: { thinkingBudget: 1024, includeThoughts: true } } },
  "safety settings": { contents: [asked], safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_ONLY_HIGH" }] },
  "a function that has to be called": { contents: [asked], tools: [weather], toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["get_weather"] } } },
  "words in snake_case": { system_instruction: { parts: [{ text: "~Be brief." }] }, contents: [user({ inline_data: { mime_type: "image/png", data: "zzPicture" } }, { text: "~What" })], tools: [{ function_declarations: weather.functionDeclarations }], generation_config: { max_output_tokens: 900 } },
  "turns of one role in a row": { contents: [user({ text: "~One" }), user({ text: "~Two" }), model({ text: "~Three" }), user({ text: "~Four" })] },
  "a content without a role": { contents: [{ parts: [{ text: "~Question" }] }] },
};
