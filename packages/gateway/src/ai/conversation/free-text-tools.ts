/**
 * Tools that take free text, towards providers whose tools take JSON: each becomes a function with one string, and what is
 * called with it comes back as free text. A grammar cannot be held there; the model is told of it, and the caller as well.
 */
import type { Answer } from "./answer.ts";
import type { Conversation, Message, Tool } from "./conversation.ts";
import type { ProviderDialect, StreamDecoder } from "./dialect.ts";
import { asObject, asText, tryParseJson } from "./json.ts";
import type { ProviderError } from "./provider-error.ts";
import type { StreamEvent } from "./stream-event.ts";
import type { TranslationNotes } from "./translation-notes.ts";

const parameters = { type: "object", properties: { input: { type: "string" } }, required: ["input"], additionalProperties: false };

/** The dialect itself where it takes such tools, or where the conversation has none. */
export function withFreeTextTools(dialect: ProviderDialect, { tools, messages }: Conversation): ProviderDialect {
  const names = new Set(tools.flatMap((tool) => (tool.type === "custom" ? [tool.name] : [])));
  if (dialect.takesFreeTextTools || (names.size === 0 && !messages.some(hasFreeTextCall))) return dialect;
  return {
    ...dialect,
    writeRequest: (conversation, target, notes) => dialect.writeRequest(asFunctions(conversation, notes), target, notes),
    parseAnswer: (body, context) => asFreeText(dialect.parseAnswer(body, context), names),
    streamDecoder: (context) => new FreeTextDecoder(dialect.streamDecoder(context), names),
  };
}

function hasFreeTextCall(message: Message): boolean {
  return message.role === "assistant" && message.parts.some((part) => part.type === "tool-call" && part.custom);
}

function asFunctions(conversation: Conversation, notes: TranslationNotes): Conversation {
  return { ...conversation, tools: conversation.tools.map((tool) => asFunction(tool, notes)), messages: conversation.messages.map(withJsonCalls) };
}

function asFunction(tool: Tool, notes: TranslationNotes): Tool {
  if (tool.type !== "custom") return tool;
  const grammar = tool.format?.["type"] === "grammar" ? tool.format : undefined;
  if (grammar) notes.changed("tools", `the grammar of ${tool.name} is told to the model, and this model's provider cannot hold it to that`);
  const definition = asText(grammar?.["definition"]) ?? asText(asObject(grammar?.["grammar"])?.["definition"]);
  const description = [tool.description, definition && `The input has to follow this grammar:\n${definition}`].filter(Boolean).join("\n\n");
  return { type: "function", name: tool.name, ...(description !== "" && { description }), parameters };
}

function withJsonCalls(message: Message): Message {
  if (message.role !== "assistant" || !hasFreeTextCall(message)) return message;
  const parts = message.parts.map((part) => {
    if (part.type !== "tool-call" || !part.custom) return part;
    const { custom: _custom, ...call } = part;
    return { ...call, arguments: JSON.stringify({ input: part.arguments }) };
  });
  return { ...message, parts };
}

function asFreeText(answer: Answer | ProviderError, names: ReadonlySet<string>): Answer | ProviderError {
  if ("kind" in answer) return answer;
  const choices = answer.choices.map((choice) => ({
    ...choice,
    parts: choice.parts.map((part) => (part.type === "tool-call" && names.has(part.name) ? { ...part, arguments: freeText(part.arguments), custom: true } : part)),
  }));
  return { ...answer, choices };
}

/** A model that did not keep to the one string still said something. */
function freeText(argumentsJson: string): string {
  return asText(asObject(tryParseJson(argumentsJson))?.["input"]) ?? argumentsJson;
}

/** The text of a call is known when its JSON is complete, so it comes in one piece. */
class FreeTextDecoder implements StreamDecoder {
  readonly #inner: StreamDecoder;
  readonly #names: ReadonlySet<string>;
  /** The arguments so far of calls that are open, by choice and block. */
  readonly #open = new Map<string, string>();

  constructor(inner: StreamDecoder, names: ReadonlySet<string>) {
    this.#inner = inner;
    this.#names = names;
  }

  step(frame: Parameters<StreamDecoder["step"]>[0]): readonly StreamEvent[] {
    return this.#inner.step(frame).flatMap((event) => this.#event(event));
  }

  finish(): readonly StreamEvent[] {
    return this.#inner.finish().flatMap((event) => this.#event(event));
  }

  #event(event: StreamEvent): StreamEvent[] {
    if (event.type === "part" && event.part.type === "tool-call" && this.#names.has(event.part.name)) {
      return [{ ...event, part: { ...event.part, arguments: freeText(event.part.arguments), custom: true } }];
    }
    if (event.type === "block-start" && event.content.type === "tool-call" && this.#names.has(event.content.name)) {
      this.#open.set(`${event.choice} ${event.block}`, "");
      return [{ ...event, content: { ...event.content, custom: true } }];
    }
    if (event.type !== "arguments-delta" && event.type !== "block-end") return [event];
    const key = `${event.choice} ${event.block}`;
    const soFar = this.#open.get(key);
    if (soFar === undefined) return [event];
    if (event.type === "arguments-delta") {
      this.#open.set(key, soFar + event.json);
      return [];
    }
    this.#open.delete(key);
    return [{ type: "arguments-delta", choice: event.choice, block: event.block, json: freeText(soFar) }, event];
  }
}
