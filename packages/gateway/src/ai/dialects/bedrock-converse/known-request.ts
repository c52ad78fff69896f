/** What is read of a Converse request. Members at the top and of its settings are looked after where they are read. */
import { knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const source: KnownSpec = { bytes: true, text: true, "content[]": { text: true }, s3Location: { uri: true, bucketOwner: true } };
const citations: KnownSpec = { enabled: true };
const media: KnownSpec = { format: true, source };
const asked: KnownSpec = {
  text: true, image: media, audio: media, video: media, cachePoint: { type: true, ttl: true },
  document: { format: true, name: true, source, context: true, citations },
  searchResult: { source: true, title: true, "content[]": { text: true }, citations },
};

export const knownConverseRequest = knownMembers({
  "*": true,
  "system[]": { text: true, cachePoint: { type: true, ttl: true }, guardContent: true },
  "messages[]": {
    role: true,
    "content[]": {
      ...asked, guardContent: true, toolAddition: true, toolRemoval: true,
      toolUse: { toolUseId: true, name: true, input: true, type: true },
      toolResult: { toolUseId: true, status: true, type: true, "content[]": { ...asked, json: true } },
      reasoningContent: { reasoningText: { text: true, signature: true }, redactedContent: true },
      citationsContent: { "content[]": { text: true }, citations: true },
    },
  },
  toolConfig: {
    "tools[]": { systemTool: true, toolSpec: { name: true, description: true, inputSchema: { json: true }, strict: true }, cachePoint: { type: true, ttl: true } },
    toolChoice: { auto: {}, any: {}, tool: { name: true } },
  },
  outputConfig: { textFormat: { type: true, structure: { jsonSchema: { schema: true, name: true, description: true } } } },
  serviceTier: { type: true },
  additionalModelRequestFields: { "*": true, thinking: { type: true, budget_tokens: true }, output_config: { effort: true }, reasoningConfig: { type: true, maxReasoningEffort: true } },
});
