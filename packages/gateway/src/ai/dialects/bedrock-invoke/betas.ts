/** What is new at Anthropic and asked for by name, as far as Bedrock knows it: it refuses a whole request for a name that it does not. */
import type { TranslationNotes } from "../../conversation/translation-notes.ts";

/** Of servers that only Anthropic runs, of its files and of its own programs. */
const anthropicsOwn = /^(?:claude-code|oauth|files-api|mcp-client|mcp-servers|code-execution|web-search|web-fetch|skills|message-batches|prompt-caching-scope|advisor|fast-mode|afk-mode|token-counting)-/;

/** `named` is a list as the header field has it. */
export function takenBetas(named: string, notes: TranslationNotes | undefined): string[] {
  const betas = [...new Set(named.split(",").map((beta) => beta.trim()))].filter((beta) => beta !== "");
  return betas.filter((beta) => {
    if (!anthropicsOwn.test(beta)) return true;
    notes?.dropped(`anthropic-beta.${beta}`, "Bedrock does not have it, and would refuse the request for its name");
    return false;
  });
}
