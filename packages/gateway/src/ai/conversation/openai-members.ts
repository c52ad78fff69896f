/**
 * What both of OpenAI's APIs for answers have under names of their own, and no place in the conversation: it goes from the
 * one to the other. Servers that speak chat completions without being OpenAI refuse what they do not know, so that there only
 * models of OpenAI's get it.
 */
import type { Extension } from "./conversation.ts";
import { asText } from "./json.ts";
import type { JsonDraft, JsonObject } from "./json.ts";

const shared: ReadonlySet<string> = new Set(["prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "safety_identifier", "moderation"]);
const verbosity = "text.verbosity";
const openAiModel = /^(?:openai\/)?(?:gpt-[4-9]|chatgpt-|o\d)/;

export function isOpenAiModel(model: string): boolean {
  return openAiModel.test(model);
}

/** Writes them into a response's request; gives those that are none of them. */
export function writeToResponses(extensions: readonly Extension[], body: JsonDraft): readonly Extension[] {
  return extensions.filter(({ name, value }) => {
    if (name === "verbosity") body["text"] = { ...(body["text"] as JsonObject | undefined), verbosity: value };
    else if (shared.has(name)) body[name] = value;
    return name !== "verbosity" && !shared.has(name);
  });
}

/** The same into a chat completion's, where the model takes them. */
export function writeToChat(extensions: readonly Extension[], body: JsonDraft): readonly Extension[] {
  if (!isOpenAiModel(asText(body["model"]) ?? "")) return extensions;
  return extensions.filter(({ name, value }) => {
    if (name === verbosity) body["verbosity"] = value;
    else if (shared.has(name)) body[name] = value;
    return name !== verbosity && !shared.has(name);
  });
}
