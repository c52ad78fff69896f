// Hot path: every event of an answer that a webhook is asked about.
/** What a model has said so far, after everything that is blacked out in it, for whoever is to judge it. */
import type { Answer } from "../conversation/answer.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { StreamEvent } from "../conversation/stream-event.ts";

interface ToolCall {
  name: string;
  arguments: string;
}

export class SaidTap {
  #text = "";
  #reasoning = "";
  readonly #calls = new Map<string, ToolCall>();
  readonly #reasoningBlocks = new Set<string>();
  /** Grows with everything that is said. */
  length = 0;

  event(event: StreamEvent): void {
    if (event.type === "part") this.#part(event.part, `${event.choice}/${event.block}`);
    if (event.type !== "block-start" && event.type !== "text-delta" && event.type !== "arguments-delta") return;
    const key = `${event.choice}/${event.block}`;
    if (event.type === "text-delta") return this.#say(event.text, this.#reasoningBlocks.has(key));
    if (event.type === "arguments-delta") return this.#argue(key, event.json);
    if (event.content.type === "reasoning") this.#reasoningBlocks.add(key);
    if (event.content.type === "tool-call") this.#call(key, { name: event.content.name, arguments: "" });
  }

  answer({ choices }: Answer): void {
    for (const [index, { parts }] of choices.entries()) for (const [block, part] of parts.entries()) this.#part(part, `${index}/${block}`);
  }

  /** As the webhook is told of it. */
  said(): JsonObject {
    return {
      text: this.#text,
      ...(this.#reasoning !== "" && { reasoning: this.#reasoning }),
      ...(this.#calls.size > 0 && { toolCalls: [...this.#calls.values()].map((call) => ({ ...call })) }),
    };
  }

  #part(part: Answer["choices"][number]["parts"][number], key: string): void {
    if (part.type === "tool-call") this.#call(key, { name: part.name, arguments: part.arguments });
    else if (part.type === "text" || part.type === "refusal" || part.type === "reasoning") this.#say(part.text, part.type === "reasoning");
    // What has no words is content all the same.
    else this.length += 1;
  }

  #say(text: string, isReasoning: boolean): void {
    if (isReasoning) this.#reasoning += text;
    else this.#text += text;
    this.length += text.length;
  }

  #call(key: string, call: ToolCall): void {
    this.#calls.set(key, call);
    this.length += call.name.length + call.arguments.length;
  }

  #argue(key: string, json: string): void {
    const call = this.#calls.get(key);
    if (call) call.arguments += json;
    this.length += json.length;
  }
}
