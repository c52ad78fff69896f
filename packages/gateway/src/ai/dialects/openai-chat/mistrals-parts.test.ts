import { describe, expect, it } from "vitest";
import { openAiChatCaller } from "./dialect.ts";

const image = "data:image/png;base64,iVBORw0KGgo=";

function partsOf(...messages: object[]): readonly unknown[] {
  return openAiChatCaller.parseRequest({ model: "m", messages: messages as never }).messages.map(({ parts }) => parts);
}

describe("a request as Mistral's callers write it", () => {
  it("has addresses and bytes as strings, documents by their address and files by their id", () => {
    const content = [{ type: "image_url", image_url: image }, { type: "input_audio", input_audio: "SUQzBAAA" }, { type: "input_audio", input_audio: "https://a.example/b.mp3" }, { type: "document_url", document_url: "https://a.example/c.pdf", document_name: "C" }, { type: "file", file_id: "f1" }];
    expect(partsOf({ role: "user", content })).toMatchObject([[
      { type: "image", source: { type: "base64", mediaType: "image/png", data: "iVBORw0KGgo=" } },
      { type: "audio", source: { type: "base64", mediaType: "audio/mp3", data: "SUQzBAAA" } }, { type: "audio", source: { type: "url", url: "https://a.example/b.mp3" } },
      { type: "document", title: "C", source: { type: "url", url: "https://a.example/c.pdf" } }, { type: "document", source: { type: "file", fileId: "f1" } },
    ]]);
  });

  it("brings back what the model thought and cited, and calls whose arguments are an object", () => {
    const content = [{ type: "thinking", thinking: [{ type: "text", text: "Hm." }], signature: "c2ln" }, { type: "text", text: "Yes." }, { type: "reference", reference_ids: [1] }];
    const said = { role: "assistant", content, tool_calls: [{ id: "abcdefghi", function: { name: "now", arguments: { zone: "UTC" } } }] };
    expect(partsOf(said)).toMatchObject([[
      { type: "reasoning", text: "Hm.", signature: { dialect: "mistral-chat", value: "c2ln" } }, { type: "text", text: "Yes." },
      { type: "native", dialect: "mistral-chat", kind: "reference" }, { type: "tool-call", name: "now", arguments: '{"zone":"UTC"}' },
    ]]);
  });

  it.each([{ type: "file", file_id: "f1" }, { type: "file", file: { file_id: "f1" } }, { type: "document_url", document_url: "https://a.example/c.pdf" }, { type: "video_url", video_url: { url: "https://a.example/d.mp4" } }])("is refused where the model is to have said a file or a film: %j", (part) => {
    expect(() => partsOf({ role: "assistant", content: [part] })).toThrow(/an assistant's message holds what a model says/);
  });

  it("is refused by the place of what is missing in it", () => {
    expect(() => partsOf({ role: "user", content: [{ type: "file" }] })).toThrow(/messages\[0\]\.content\[0\]\.file_id is missing/);
    expect(() => partsOf({ role: "user", content: [{ type: "document_url" }] })).toThrow(/document_url is missing/);
  });
});
