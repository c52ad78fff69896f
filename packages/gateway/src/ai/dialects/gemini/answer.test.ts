import { describe, expect, it } from "vitest";
import { TranslationNotes } from "../../conversation/translation-notes.ts";
import { noteUnsaidAnswer } from "../../conversation/unsaid-answer.ts";
import { parseAnswer } from "./answer.ts";
import { geminiCaller } from "./dialect.ts";
import { geminiPassThrough } from "./pass-through.ts";
import { writeRequest } from "./request.ts";

const context = { makeId: (prefix: string) => prefix };
const picture = { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" }, thoughtSignature: "c2ln" };

function answer(parts: object[], rest: object = {}) {
  const read = parseAnswer({ candidates: [{ content: { role: "model", parts }, finishReason: "STOP", ...rest }] } as never, context);
  if ("kind" in read) throw new Error(read.message);
  return read;
}

function warned(read: ReturnType<typeof answer>): string[] {
  const notes = new TranslationNotes();
  noteUnsaidAnswer(read, { dialect: "openai-chat", notes });
  return notes.warnings.map(({ parameter }) => parameter);
}

describe("an answer of Gemini's", () => {
  it("keeps the signature of a picture, by which the model goes on from it, and names it to whom it cannot be told", () => {
    const read = answer([picture]);
    expect(read.choices[0]?.parts).toEqual([{ type: "image", source: { type: "base64", mediaType: "image/png", data: "iVBORw0KGgo=" }, signature: { dialect: "gemini", value: "c2ln" } }]);
    expect(warned(read)).toEqual(["answer.content[].image.signature"]);
    const asked = geminiCaller.parseRequest({ contents: [{ role: "user", parts: [{ text: "A" }] }, { role: "model", parts: [picture] }, { role: "user", parts: [{ text: "B" }] }] });
    expect(writeRequest(asked, { model: "gemini-3-pro-image", stream: false }, new TranslationNotes()).body["contents"]).toMatchObject([{}, { parts: [picture] }, {}]);
  });

  it("keeps a signature that stands alone", () => {
    expect(answer([{ text: "Hi" }, { thoughtSignature: "c2ln" }]).choices[0]?.parts[1]).toEqual({ type: "text", text: "", signature: { dialect: "gemini", value: "c2ln" } });
  });

  it("names sources that nothing was searched for and no text cites", () => {
    const groundingChunks = [{ maps: { uri: "https://maps.example/1", title: "A" } }, { retrievedContext: { title: "B" } }];
    const all = [{ segment: { endIndex: 2, text: "Hi" }, groundingChunkIndices: [0, 1] }];
    expect(warned(answer([{ text: "Hi" }], { groundingMetadata: { groundingChunks } }))).toEqual(["answer.content[].groundingMetadata"]);
    expect(warned(answer([{ text: "Hi" }], { groundingMetadata: { groundingChunks, groundingSupports: all } }))).toEqual([]);
  });
});

describe("an answer of Gemini's without a candidate", () => {
  const counted = { usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 }, modelVersion: "gemini-2.5-flash" };

  it("is an answer that says nothing where its prompt was counted, passed on or translated", () => {
    expect(parseAnswer(counted, context)).toMatchObject({ choices: [{ parts: [], finish: { unified: "unknown", raw: "" } }], usage: { inputTokens: 5 } });
    const bytes = Buffer.from(JSON.stringify(counted));
    expect(geminiPassThrough.readAnswer(bytes, null)).toMatchObject({ body: bytes, usage: { inputTokens: 5 } });
  });

  it.each([[{ modelVersion: "gemini-2.5-flash" }], [{ ...counted, error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } }]])("is an error where nothing was counted, or it says so itself: %j", (body) => {
    expect(parseAnswer(body, context)).toHaveProperty("kind");
    expect(geminiPassThrough.readAnswer(Buffer.from(JSON.stringify(body)), null)).toHaveProperty("kind");
  });
});
