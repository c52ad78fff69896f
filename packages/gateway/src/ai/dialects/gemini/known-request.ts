/** What is read of a generateContent request. Members at the top, of its settings and of functions are looked after where they are read. */
import { knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const bytes: KnownSpec = { mimeType: true, data: true, displayName: true };
const file: KnownSpec = { mimeType: true, fileUri: true, displayName: true };
/** What is kept beside pictures and files is looked after there. */
const media: KnownSpec = { inlineData: bytes, fileData: file, mediaResolution: true, videoMetadata: true, partMetadata: true };

export const knownGeminiRequest = knownMembers({
  "*": true,
  systemInstruction: { role: true, "parts[]": { text: true, thought: true } },
  "contents[]": {
    role: true,
    "parts[]": {
      ...media, text: true, thought: true, thoughtSignature: true, functionCall: { id: true, name: true, args: true },
      functionResponse: { id: true, name: true, response: true, "parts[]": media, scheduling: true, willContinue: true },
      // Kept as they are.
      executableCode: true, codeExecutionResult: true, toolCall: true, toolResponse: true,
    },
  },
  generationConfig: { "*": true, thinkingConfig: { thinkingBudget: true, thinkingLevel: true, includeThoughts: true } },
}, { alsoSnakeCase: true });
