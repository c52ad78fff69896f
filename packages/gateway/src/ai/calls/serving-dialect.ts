// Hot path: once for each attempt at a provider.
/** Which of a provider's dialects a call is asked in. */
import type { ProviderDialect } from "../conversation/dialect.ts";
import { asksForServerTools } from "../conversation/server-tools/with-server-tools.ts";
import { asksForWebSearch } from "../conversation/web-search.ts";
import type { ModelTarget } from "../models/model-target.ts";
import type { AiCall } from "./ai-call.ts";

const servedWords = ["web_search", "googleSearch", "google_search", "code_execution", "codeExecution", "code_interpreter", "mcp_servers", "mcpServers", "\"mcp\""].map((word) => Buffer.from(word));

/** Chat completions have no tools that every provider of theirs runs itself; where the provider has responses, too, these do. */
export function servingDialect(call: AiCall, { account }: ModelTarget, usual: ProviderDialect): ProviderDialect {
  if (usual.name !== "openai-chat" || call.caller.name === usual.name) return usual;
  const responses = account.alsoSpeaks.find(({ name }) => name === "openai-responses");
  if (!responses || !servedWords.some((word) => call.body.includes(word)) || !(asksForWebSearch(call.conversation) || asksForServerTools(call.conversation))) return usual;
  call.exchange.record.dialectOut = responses.name;
  return responses;
}
