/**
 * What a model has thought before it called tools, for providers whose models go on from it: DeepSeek's and Moonshot's want the text
 * back with the calls (and pass over it elsewhere), OpenRouter its entries as they were. Others refuse members that they do not know.
 */
import type { AssistantPart, ReasoningPart } from "../../conversation/content.ts";
import type { ProviderTarget } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { reasoningDetail } from "./reasoning.ts";

export const reasoningMembers: ReadonlySet<string> = new Set(["reasoning_content", "reasoning_details"]);

/** Undefined where there is nothing to give back. */
export function replayedReasoning(parts: readonly AssistantPart[], member: NonNullable<ProviderTarget["takesReasoning"]>): JsonObject | undefined {
  const thoughts = parts.filter((part): part is ReasoningPart => part.type === "reasoning");
  if (member === "reasoning_details") {
    const details = thoughts.flatMap(replayedDetail);
    return details.length === 0 ? undefined : { reasoning_details: details };
  }
  const text = thoughts.map((part) => part.text).join("");
  return text !== "" && parts.some(({ type }) => type === "tool-call") ? { reasoning_content: text } : undefined;
}

/** Another provider's bytes are of no use to this one, and the text is of use without them. */
function replayedDetail(part: ReasoningPart, index: number): JsonObject[] {
  const own = (part.redacted ?? part.signature)?.dialect === "openai-chat" ? reasoningDetail(part, index) : null;
  if (own) return [own];
  return part.text === "" ? [] : [{ type: "reasoning.text", text: part.text, index }];
}
