import { describe, expect, it } from "vitest";
import type { Conversation } from "../../conversation/conversation.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { RefusalError } from "../../../exchange/answer.ts";
import { writeRequest } from "./request.ts";
import { mistralToolCallId } from "./tool-call-id.ts";

function write(asked: Partial<Conversation>) {
  const notes = new TranslationNotes();
  const conversation: Conversation = { dialect: "openai-chat", model: "m", stream: false, messages: [], tools: [], sampling: {}, extensions: [], ...asked };
  const request = writeRequest(conversation, { model: "mistral-small-latest", stream: conversation.stream }, notes);
  return { body: JSON.parse(JSON.stringify(request.body)) as JsonObject, warned: notes.warnings.map((warning) => `${warning.kind} ${warning.parameter}`) };
}

const hello = { role: "user", parts: [{ type: "text", text: "Hello" }] } as const;

describe("an id of a tool call for Mistral", () => {
  it("is Mistral's own where it is one, and else the same nine letters and digits each time", () => {
    expect(mistralToolCallId("D9WYdiHxV")).toBe("D9WYdiHxV");
    const made = mistralToolCallId("call_Ol2yxl2EsKWZNmtbij2JTprf");
    expect(made).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(mistralToolCallId("call_Ol2yxl2EsKWZNmtbij2JTprf")).toBe(made);
    expect(mistralToolCallId("call_Ol2yxl2EsKWZNmtbij2JTprg")).not.toBe(made);
  });

  it("still joins a call and its result", () => {
    const { body } = write({
      messages: [
        { role: "assistant", parts: [{ type: "tool-call", id: "toolu_01", name: "now", arguments: "" }] },
        { role: "tool", parts: [{ type: "tool-result", callId: "toolu_01", content: [{ type: "text", text: "9" }], isError: true }] },
      ],
    });
    const id = mistralToolCallId("toolu_01");
    expect(body["messages"]).toEqual([
      { role: "assistant", content: "", tool_calls: [{ id, type: "function", function: { name: "now", arguments: "{}" } }] },
      { role: "tool", tool_call_id: id, content: "Error: 9" },
    ]);
  });
});

describe("a request to Mistral", () => {
  it("calls parameters by Mistral's names and asks for no stream options", () => {
    const asked = { messages: [hello], stream: true, maxOutputTokens: 9, sampling: { seed: 4, temperature: 2 }, stop: ["END"], choiceCount: 2, parallelToolCalls: false };
    const { body, warned } = write(asked);
    expect(body).toEqual({
      model: "mistral-small-latest",
      messages: [{ role: "user", content: "Hello" }],
      stream: true,
      max_tokens: 9,
      random_seed: 4,
      temperature: 1.5,
      stop: ["END"],
      n: 2,
      parallel_tool_calls: false,
    });
    expect(warned).toEqual(["changed temperature"]);
  });

  it("marks an assistant's message at the end as the answer's beginning, and no other", () => {
    const begun = { role: "assistant", parts: [{ type: "text", text: "Well," }] } as const;
    const { body } = write({ messages: [begun, hello, begun] });
    expect(body["messages"]).toEqual([
      { role: "assistant", content: "Well," },
      { role: "user", content: "Hello" },
      { role: "assistant", content: "Well,", prefix: true },
    ]);
  });

  it("gives thinking back as a chunk of the content", () => {
    const parts = [{ type: "reasoning", text: "Hm." }, { type: "text", text: "Yes." }] as const;
    const { body } = write({ messages: [{ role: "assistant", parts }, hello] });
    expect((body["messages"] as JsonObject[])[0]?.["content"]).toEqual([{ type: "thinking", thinking: [{ type: "text", text: "Hm." }] }, { type: "text", text: "Yes." }]);
  });

  it.each([
    [{ type: "required" }, "any"],
    [{ type: "auto" }, "auto"],
    [{ type: "none" }, "none"],
    [{ type: "tool", name: "now" }, { type: "function", function: { name: "now" } }],
    [{ type: "allowed", names: ["now"], required: true }, "any"],
  ] as const)("writes the choice of tools %o", (toolChoice, written) => {
    const { body } = write({ tools: [{ type: "function", name: "now" }, ...(toolChoice.type === "allowed" ? [{ type: "function", name: "other" } as const] : [])], toolChoice });
    expect(body["tool_choice"]).toEqual(written);
    expect(body["tools"]).toEqual([{ type: "function", function: { name: "now", parameters: { type: "object", properties: {} } } }]);
  });

  it("takes Mistral's own parameters from callers of the OpenAI dialect", () => {
    const extensions = [{ name: "safe_prompt", value: true, effect: "hint" }, { name: "store", value: true, effect: "hint" }] as const;
    const { body, warned } = write({ extensions });
    expect(body["safe_prompt"]).toBe(true);
    expect(body).not.toHaveProperty("store");
    expect(warned).toEqual(["dropped store"]);
  });

  it.each([
    ["none", "none", 0],
    ["high", "high", 0],
    ["low", "high", 1],
    ["minimal", "none", 1],
  ])("knows two efforts: %s is %s", (effort, written, warnings) => {
    const { body, warned } = write({ reasoning: { effort } });
    expect(body["reasoning_effort"]).toBe(written);
    expect(warned).toHaveLength(warnings);
  });

  it("refuses what would change the answer, by name", () => {
    const video = { type: "video", source: { type: "url", url: "https://example.com/v.mp4" } } as const;
    expect(() => write({ messages: [{ role: "user", parts: [video] }] })).toThrow(RefusalError);
    expect(() => write({ sampling: { logitBias: { "5": 1 } } })).toThrow(RefusalError);
    expect(() => write({ tools: [{ type: "custom", name: "grep" }] })).toThrow(RefusalError);
  });
});
