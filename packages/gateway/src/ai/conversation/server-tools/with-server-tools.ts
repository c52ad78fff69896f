/**
 * Tools that a provider runs itself, in the words of the three APIs that have them: code that is executed, and servers of the
 * Model Context Protocol. Asked for in one API's words they are asked of the provider in its own, and what was run comes back
 * in the caller's. Where an API has no such tool its dialect refuses it by name, as it came. May import the conversation model.
 */
import type { Conversation, Message } from "../conversation.ts";
import type { ProviderDialect } from "../dialect.ts";
import type { JsonDraft, JsonValue } from "../json.ts";
import { isList } from "../json.ts";
import { TranslationNotes } from "../translation-notes.ts";
import { withBetas } from "./betas.ts";
import { isCodeTool, writeCodeTool } from "./code-execution.ts";
import { readServers, serversOf, withoutServers, writeServers } from "./remote-servers.ts";
import { isSpeaker, Runs, textOfRun } from "./runs.ts";
import type { Speaker } from "./runs.ts";
import { toldAnswer, ToldDecoder } from "./told-parts.ts";

/** Whether anything is asked for that runs at a provider, or was run there before. */
export function asksForServerTools(conversation: Conversation): boolean {
  const { tools, dialect, messages } = conversation;
  return isSpeaker(dialect) && (tools.some(isCodeTool) || serversOf(conversation).length > 0 || messages.some((message) => message.role === "assistant" && message.parts.some((part) => part.type === "native" && Runs.reads(part))));
}

/** The dialect itself where nothing is to be translated. */
export function withServerTools(dialect: ProviderDialect, conversation: Conversation): ProviderDialect {
  const [from, to] = [conversation.dialect, dialect.name];
  if (!isSpeaker(from) || !isSpeaker(to) || from === to || !asksForServerTools(conversation)) return dialect;
  return {
    ...dialect,
    writeRequest(asked, target, notes) {
      const request = dialect.writeRequest(translated(asked, { to, notes }), target, notes);
      return { ...request, ...extended(request, asked, to) };
    },
    parseAnswer: (body, context) => toldAnswer(dialect.parseAnswer(body, context), () => new Runs(from)),
    streamDecoder: (context) => new ToldDecoder(dialect.streamDecoder(context), new Runs(from)),
  };
}

interface Towards {
  to: Speaker;
  notes: TranslationNotes;
}

function translated(conversation: Conversation, { to, notes }: Towards): Conversation {
  const tools = withoutServers(conversation).tools.map((tool) => (isCodeTool(tool) ? writeCodeTool(tool, to, notes) : tool));
  const servers = readServers(conversation, notes);
  const written = servers.length === 0 ? [] : writeServers(servers, to, notes).tools;
  return { ...withoutServers(conversation), tools: [...tools, ...written], messages: conversation.messages.map((message) => withHistory(message, to)) };
}

/** OpenAI takes back only runs of containers that it knows, so that there they are told in words. */
function withHistory(message: Message, to: Speaker): Message {
  if (message.role !== "assistant") return message;
  const runs = new Runs(to);
  const parts = [...message.parts.flatMap((part) => (to === "openai-responses" ? [part.type === "native" && part.dialect !== to ? textOfRun(part) : part] : runs.step(part))), ...runs.rest()];
  return { ...message, parts };
}

/** What stands beside the tools: servers, what is to be told of a run, and the API's word for being new. */
function extended(request: { headers: readonly string[]; body: Readonly<JsonDraft> }, asked: Conversation, to: Speaker): { headers: readonly string[]; body: JsonDraft } {
  const body: JsonDraft = { ...request.body };
  const betas: string[] = [];
  // Whatever cannot be said of them has been noted by now.
  const notes = new TranslationNotes();
  const servers = readServers(asked, notes);
  if (servers.length > 0 && to === "anthropic-messages") {
    Object.assign(body, writeServers(servers, to, notes).members);
    betas.push("mcp-client-2025-11-20");
  }
  if (asked.tools.some(isCodeTool)) {
    if (to === "anthropic-messages") betas.push("code-execution-2025-08-25");
    if (to === "openai-responses") body["include"] = [...(isList(body["include"]) ? body["include"] : []), "code_interpreter_call.outputs"] satisfies JsonValue[];
  }
  return { headers: withBetas(request.headers, betas), body };
}
