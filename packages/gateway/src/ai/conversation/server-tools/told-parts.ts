/** What a provider's own tools did, part by part in the caller's words: of a whole answer, and of a stream, where such parts come whole. */
import type { Answer } from "../answer.ts";
import type { AssistantPart } from "../content.ts";
import type { StreamDecoder } from "../dialect.ts";
import type { ProviderError } from "../provider-error.ts";
import type { StreamEvent } from "../stream-event.ts";

/** Tells the parts of one answer in their order. */
export interface Teller {
  step(part: AssistantPart): readonly AssistantPart[];
  /** What was held back to the end. */
  rest?(): readonly AssistantPart[];
}

export function toldAnswer(answer: Answer | ProviderError, makeTeller: () => Teller): Answer | ProviderError {
  if ("kind" in answer) return answer;
  const choices = answer.choices.map((choice) => {
    const teller = makeTeller();
    return { ...choice, parts: [...choice.parts.flatMap((part) => teller.step(part)), ...(teller.rest?.() ?? [])] };
  });
  return { ...answer, choices };
}

/** All that does not come in whole parts passes as it is. */
export class ToldDecoder implements StreamDecoder {
  readonly #inner: StreamDecoder;
  readonly #teller: Teller;
  #block = 0;

  constructor(inner: StreamDecoder, teller: Teller) {
    this.#inner = inner;
    this.#teller = teller;
  }

  step(frame: Parameters<StreamDecoder["step"]>[0]): readonly StreamEvent[] {
    return this.#inner.step(frame).flatMap((event) => this.#event(event));
  }

  finish(): readonly StreamEvent[] {
    return this.#inner.finish().flatMap((event) => this.#event(event));
  }

  #event(event: StreamEvent): readonly StreamEvent[] {
    if (event.type === "part") {
      this.#block = event.block;
      return this.#teller.step(event.part).map((part) => ({ ...event, part }));
    }
    if (event.type !== "finish") return [event];
    const rest = this.#teller.rest?.() ?? [];
    return [...rest.map((part): StreamEvent => ({ type: "part", choice: event.choice, block: this.#block, part })), event];
  }
}
