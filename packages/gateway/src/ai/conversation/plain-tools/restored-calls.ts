/** Calls of tools that the provider knows by other names, as the caller knows them. */
import type { Answer } from "../answer.ts";
import type { AssistantPart, NativePart, ToolCallPart } from "../content.ts";
import type { ProviderDialect, StreamDecoder } from "../dialect.ts";
import { isObject, tryParseJson } from "../json.ts";
import type { ProviderError } from "../provider-error.ts";
import type { StreamEvent } from "../stream-event.ts";

/** What the function is called that stands for a search for tools which the caller runs. */
export const clientSearch = "tool_search";

export interface Calls {
  /** By the provider's name of a tool. */
  readonly names: ReadonlyMap<string, { readonly name: string; readonly namespace?: string }>;
  /** Whether the caller runs searches for tools. */
  readonly searches: boolean;
}

export function withRestoredCalls(dialect: ProviderDialect, calls: Calls): ProviderDialect {
  if (calls.names.size === 0 && !calls.searches) return dialect;
  return {
    ...dialect,
    parseAnswer: (body, context) => restoredAnswer(dialect.parseAnswer(body, context), calls),
    streamDecoder: (context) => new RestoringDecoder(dialect.streamDecoder(context), calls),
  };
}

function restoredAnswer(answer: Answer | ProviderError, calls: Calls): Answer | ProviderError {
  if ("kind" in answer) return answer;
  return { ...answer, choices: answer.choices.map((choice) => ({ ...choice, parts: choice.parts.map((part) => restoredPart(part, calls)) })) };
}

function restoredPart(part: AssistantPart, { names, searches }: Calls): AssistantPart {
  if (part.type !== "tool-call") return part;
  if (searches && part.name === clientSearch) return searchCall(part);
  return { ...part, ...names.get(part.name) };
}

function searchCall({ id, arguments: asked }: Pick<ToolCallPart, "id" | "arguments">): NativePart {
  const parsed = tryParseJson(asked);
  const value = { id: `tsc_${id}`, type: "tool_search_call", status: "completed", execution: "client", call_id: id, arguments: isObject(parsed) ? parsed : {} };
  return { type: "native", dialect: "openai-responses", kind: value.type, value };
}

class RestoringDecoder implements StreamDecoder {
  readonly #inner: StreamDecoder;
  readonly #calls: Calls;
  /** Searches whose arguments are not all there, by choice and block. */
  readonly #open = new Map<string, { id: string; arguments: string }>();

  constructor(inner: StreamDecoder, calls: Calls) {
    this.#inner = inner;
    this.#calls = calls;
  }

  step(frame: Parameters<StreamDecoder["step"]>[0]): readonly StreamEvent[] {
    return this.#inner.step(frame).flatMap((event) => this.#event(event));
  }

  finish(): readonly StreamEvent[] {
    return this.#inner.finish().flatMap((event) => this.#event(event));
  }

  #event(event: StreamEvent): StreamEvent[] {
    if (event.type === "block-start" && event.content.type === "tool-call") return this.#start(event, event.content);
    if (this.#open.size === 0 || !("block" in event)) return [event];
    const key = `${event.choice} ${event.block}`;
    const open = this.#open.get(key);
    if (!open) return [event];
    if (event.type === "arguments-delta") open.arguments += event.json;
    if (event.type !== "block-end") return [];
    this.#open.delete(key);
    return [{ type: "part", choice: event.choice, block: event.block, part: searchCall(open) }];
  }

  #start(event: Extract<StreamEvent, { type: "block-start" }>, content: Extract<StreamEvent, { type: "block-start" }>["content"] & { type: "tool-call" }): StreamEvent[] {
    if (!this.#calls.searches || content.name !== clientSearch) return [{ ...event, content: { ...content, ...this.#calls.names.get(content.name) } }];
    this.#open.set(`${event.choice} ${event.block}`, { id: content.id, arguments: "" });
    return [];
  }
}
