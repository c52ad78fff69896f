import { describe, expect, it } from "vitest";
import type { Conversation } from "../../conversation/conversation.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { RefusalError } from "../../../exchange/answer.ts";
import { writeRequest } from "./request.ts";

function write(asked: Partial<Conversation>, model = "gemini-2.5-flash") {
  const notes = new TranslationNotes();
  const conversation: Conversation = { dialect: "openai-chat", model, stream: false, messages: [], tools: [], sampling: {}, extensions: [], ...asked };
  const request = writeRequest(conversation, { model, stream: conversation.stream }, notes);
  return { path: request.path, body: JSON.parse(JSON.stringify(request.body)) as JsonObject, warned: notes.warnings.map((warning) => `${warning.kind} ${warning.parameter}`) };
}

const hello = { role: "user", parts: [{ type: "text", text: "Hello" }] } as const;
const call = { type: "tool-call", id: "call_1", name: "weather", arguments: "" } as const;
const weather = { type: "function", name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } } as const;

describe("a request to Gemini", () => {
  it("goes to the model's own address, with server-sent events for a stream", () => {
    expect(write({}).path).toBe("/v1beta/models/gemini-2.5-flash:generateContent");
    expect(write({ stream: true }, "models/gemini-3-pro").path).toBe("/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse");
    expect(write({}, "tunedModels/mine").path).toBe("/v1beta/tunedModels/mine:generateContent");
  });

  it.each(["../files", "a/../../files", "x?key=1", "x:deleteIt", "", "a//b"])("never lets the model's name %s lead elsewhere on the provider's host", (model) => {
    expect(() => write({}, model)).toThrow(RefusalError);
  });

  it("leaves out everything that the caller did not say", () => {
    expect(write({ messages: [hello] }).body).toEqual({ contents: [{ role: "user", parts: [{ text: "Hello" }] }] });
  });

  it("puts the first system messages into the instruction and keeps a later one in its place, marked, and says so", () => {
    const system = (text: string) => ({ role: "system", developer: false, parts: [{ type: "text", text }] }) as const;
    const { body, warned } = write({ messages: [system("One."), system("Two."), hello, system("Three.")] });
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: "One." }, { text: "Two." }] },
      contents: [{ role: "user", parts: [{ text: "Hello" }, { text: "<system>\nThree.\n</system>" }] }],
    });
    expect(warned).toEqual(["changed messages[3].role"]);
  });

  it("merges neighbours of one role, results of tools included, and finds their names", () => {
    const result = { type: "tool-result", callId: "call_1", content: [{ type: "text", text: "rain" }] } as const;
    const { body } = write({ messages: [hello, { role: "assistant", parts: [call] }, { role: "tool", parts: [result] }, hello] });
    expect(body["contents"]).toEqual([
      { role: "user", parts: [{ text: "Hello" }] },
      { role: "model", parts: [{ functionCall: { id: "call_1", name: "weather", args: {} } }] },
      { role: "user", parts: [{ functionResponse: { id: "call_1", name: "weather", response: { output: "rain" } } }, { text: "Hello" }] },
    ]);
  });

  it.each([
    ["text", "rain", false, { output: "rain" }],
    ["a JSON object", '{"hour":9}', false, { hour: 9 }],
    ["a JSON list", "[1]", false, { output: "[1]" }],
    ["nothing", "", false, { output: "" }],
    ["a failure", "no such city", true, { error: "no such city" }],
  ])("gives a tool's result as an object, from %s", (_, text, isError, response) => {
    const result = { type: "tool-result", callId: "call_1", name: "weather", content: [{ type: "text", text }], isError } as const;
    const { body } = write({ messages: [{ role: "tool", parts: [result] }] });
    expect(body["contents"]).toEqual([{ role: "user", parts: [{ functionResponse: { id: "call_1", name: "weather", response } }] }]);
  });

  it("refuses a result of a tool that nobody called, since Google wants its name", () => {
    expect(() => write({ messages: [{ role: "tool", parts: [{ type: "tool-result", callId: "call_9", content: [] }] }] })).toThrow(/call_9/);
  });

  it("gives Google's signatures back where they were, and strips those of others", () => {
    const mine = { dialect: "gemini", value: "bWluZQ==" } as const;
    const other = { dialect: "anthropic-messages", value: "b3RoZXI=" } as const;
    const parts = [{ type: "reasoning", text: "Hm.", signature: other }, { type: "text", text: "", signature: mine }, { ...call, signature: mine }] as const;
    expect(write({ messages: [{ role: "assistant", parts }] }).body["contents"]).toEqual([
      {
        role: "model",
        parts: [
          { text: "Hm.", thought: true },
          { text: "", thoughtSignature: "bWluZQ==" },
          { functionCall: { id: "call_1", name: "weather", args: {} }, thoughtSignature: "bWluZQ==" },
        ],
      },
    ]);
  });

  it("signs with Google's stand-in only what Gemini 3 would refuse, and says so", () => {
    const asked = { messages: [hello, { role: "assistant", parts: [call] }, hello, { role: "assistant", parts: [call, call] }] } as const;
    const { body, warned } = write(asked, "gemini-3-pro-preview");
    const signatures = (body["contents"] as unknown as { parts: { thoughtSignature?: string }[] }[]).flatMap((turn) => turn.parts.map((part) => part.thoughtSignature));
    expect(signatures).toEqual([undefined, undefined, undefined, "skip_thought_signature_validator", undefined]);
    expect(warned).toEqual(["added messages[3].tool_calls[0].extra_content.google.thought_signature"]);
    expect(write(asked, "gemini-2.5-pro").warned).toEqual([]);
  });

  it("writes media as bytes or as an address with its type", () => {
    const parts = [
      { type: "image", source: { type: "base64", mediaType: "image/png", data: "QQ==" } },
      { type: "document", source: { type: "url", url: "https://example.com/a.pdf?x=1" } },
    ] as const;
    expect(write({ messages: [{ role: "user", parts }] }).body["contents"]).toEqual([
      { role: "user", parts: [{ inlineData: { mimeType: "image/png", data: "QQ==" } }, { fileData: { fileUri: "https://example.com/a.pdf?x=1", mimeType: "application/pdf" } }] },
    ]);
  });

  it.each([
    [{ type: "auto" }, { mode: "AUTO" }],
    [{ type: "none" }, { mode: "NONE" }],
    [{ type: "required" }, { mode: "ANY" }],
    [{ type: "tool", name: "weather" }, { mode: "ANY", allowedFunctionNames: ["weather"] }],
    [{ type: "allowed", names: ["weather"], required: true }, { mode: "ANY", allowedFunctionNames: ["weather"] }],
    [{ type: "allowed", names: ["weather"], required: false }, { mode: "AUTO" }],
  ] as const)("writes the choice of tools %o", (toolChoice, functionCallingConfig) => {
    const { body } = write({ tools: [weather, { type: "function", name: "now" }], toolChoice });
    expect(body["toolConfig"]).toEqual({ functionCallingConfig });
    const [offered] = body["tools"] as unknown as [{ functionDeclarations: { name: string }[] }];
    expect(offered.functionDeclarations.map((tool) => tool.name)).toEqual(toolChoice.type === "allowed" && !toolChoice.required ? ["weather"] : ["weather", "now"]);
  });

  it.each([
    ["gemini-2.5-flash", { effort: "low" }, { thinkingBudget: 2048, includeThoughts: true }],
    ["gemini-2.5-flash", { effort: "none" }, { thinkingBudget: 0 }],
    ["gemini-2.5-pro", { effort: "none" }, { thinkingBudget: 128 }],
    ["gemini-2.5-flash", { budgetTokens: 100_000 }, { thinkingBudget: 24_576, includeThoughts: true }],
    ["gemini-2.5-flash", { budgetTokens: 5000, visible: false }, { thinkingBudget: 5000, includeThoughts: false }],
    ["gemini-3-flash-preview", { effort: "medium" }, { thinkingLevel: "MEDIUM", includeThoughts: true }],
    ["gemini-3-pro-preview", { effort: "minimal" }, { thinkingLevel: "LOW", includeThoughts: true }],
    ["gemini-flash-latest", { effort: "xhigh" }, { thinkingLevel: "HIGH", includeThoughts: true }],
  ])("asks %s to think as %o says", (model, reasoning, thinkingConfig) => {
    expect(write({ reasoning }, model).body["generationConfig"]).toEqual({ thinkingConfig });
  });

  it("says which hints it had to drop", () => {
    const asked = { endUser: "u", metadata: {}, serviceTier: "flex", parallelToolCalls: false, sampling: { seed: 2 ** 40, minP: 0.1 } };
    expect(write(asked).warned.toSorted()).toEqual(["dropped metadata", "dropped min_p", "dropped parallel_tool_calls", "dropped seed", "dropped service_tier", "dropped user"]);
  });

  it.each<[string, Partial<Conversation>]>([
    ["more stop sequences than it takes", { stop: ["a", "b", "c", "d", "e", "f"] }],
    ["more answers than it gives", { choiceCount: 9 }],
    ["favours for tokens", { sampling: { logitBias: { "1": 2 } } }],
    ["a tool that takes free text", { tools: [{ type: "custom", name: "grep" }] }],
    ["another provider's tool", { tools: [{ type: "native", dialect: "anthropic-messages", kind: "web_search", definition: {} }] }],
  ])("refuses %s by name", (_, asked) => {
    expect(() => write({ messages: [hello], ...asked })).toThrow(RefusalError);
  });
});
