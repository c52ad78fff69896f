/** What is read of a messages request. Members at the top, of tools and of calls are looked after where they are read. */
import { Kinds, knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const cache_control: KnownSpec = { type: true, ttl: true };
const text: KnownSpec = { type: true, text: true, citations: true, cache_control };
const source: KnownSpec = { type: true, media_type: true, data: true, url: true, file_id: true, "content[]": new Kinds("type", { text }, true) };
const citations: KnownSpec = { enabled: true };

const asked: Readonly<Record<string, KnownSpec>> = {
  text,
  image: { type: true, source, cache_control },
  document: { type: true, source, title: true, context: true, citations, cache_control },
  search_result: { type: true, source: true, title: true, "content[]": new Kinds("type", { text }, true), citations, cache_control },
};

const content = new Kinds("type", {
  ...asked,
  tool_result: { type: true, tool_use_id: true, is_error: true, cache_control, "content[]": new Kinds("type", asked, true) },
  thinking: { type: true, thinking: true, signature: true },
  redacted_thinking: { type: true, data: true },
  tool_use: { "*": true, cache_control },
}, true);

export const knownMessagesRequest = knownMembers({
  "*": true,
  "system[]": text,
  "messages[]": { role: true, "content[]": content },
  "tools[]": { "*": true, cache_control },
  tool_choice: { type: true, name: true, disable_parallel_tool_use: true },
  thinking: { type: true, budget_tokens: true, display: true },
  output_config: { "*": true, format: { type: true, schema: true } },
  output_format: { type: true, schema: true },
  metadata: { user_id: true },
});
