import { expect, it } from "vitest";
import type { DialectName, ReasoningPart } from "../../conversation/content.ts";
import { foreignMark, readThought, readThoughtSignature, writeSignatureOfThought, writeThoughtSignature } from "./thought-signature.ts";

/** As clients write it that have decoded it: Google's for Python in the alphabet for URLs, without padding too. */
const rewritings = { "as it was": (text: string) => text, "in the alphabet for URLs": (text: string) => Buffer.from(text, "base64").toString("base64url") };
const others: readonly DialectName[] = ["anthropic-messages", "bedrock-converse", "openai-responses"];

it.each(Object.entries(rewritings))("another dialect's signature is base64 and comes back byte for byte, written %s", (_how, rewritten) => {
  for (const dialect of others) {
    const signature = { dialect, value: "c2ln+/Ōé?>~==" };
    const written = writeThoughtSignature(signature);
    expect(Buffer.from(written, "base64").toString("base64")).toBe(written);
    expect(readThoughtSignature(rewritten(written))).toEqual(signature);
    const redacted: ReasoningPart = { type: "reasoning", text: "", redacted: signature };
    expect(readThought("", rewritten(writeSignatureOfThought(redacted) ?? ""))).toEqual(redacted);
  }
});

it("Google's own goes and comes as it is, and no body with another's passes to Google unread", () => {
  const own = { dialect: "gemini" as const, value: "EpwCCpkC+/==" };
  expect(writeThoughtSignature(own)).toBe(own.value);
  expect(readThoughtSignature(own.value)).toEqual(own);
  const body = (signature: string): Buffer => Buffer.from(JSON.stringify({ thoughtSignature: signature }));
  for (const dialect of others) expect(body(writeThoughtSignature({ dialect, value: "x" })).includes(foreignMark)).toBe(true);
  expect(body(own.value).includes(foreignMark)).toBe(false);
});
