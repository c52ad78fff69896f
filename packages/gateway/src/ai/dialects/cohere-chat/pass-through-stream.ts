// Hot path: every chunk of a passed-through stream of Cohere's.
/** Cohere's stream on its way through: each event goes on as it came once the decoder has read it; what is an error does not. */
import type { FinishReason, Usage } from "../../conversation/answer.ts";
import type { DecodingContext, StreamDecoder } from "../../conversation/dialect.ts";
import type { PassThroughStream } from "../../conversation/pass-through.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { isContent } from "../../conversation/stream-event.ts";
import { eventData, splitEvents, WholeEvents } from "../../framing/whole-events.ts";
import { cohereStreamDecoder } from "./stream.ts";

const empty = Buffer.alloc(0);
const maxEventBytes = 32 * 1024 * 1024;

export class CoherePassThroughStream implements PassThroughStream {
  readonly #events = new WholeEvents();
  readonly #decoder: StreamDecoder;
  hasContent = false;
  ended = false;
  error: ProviderError | null = null;
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;

  constructor(context: DecodingContext) {
    this.#decoder = cohereStreamDecoder(context);
  }

  push(chunk: Buffer): Buffer {
    if (this.error) return empty;
    const whole = this.#events.push(chunk);
    if (this.#events.heldBytes > maxEventBytes) this.error = brokenAnswer("an event of the provider's stream is too long");
    return whole.length === 0 ? whole : this.#eachEvent(whole);
  }

  finish(): Buffer {
    const held = this.#events.rest();
    return held.length === 0 || this.error ? empty : this.#eachEvent(held);
  }

  #eachEvent(bytes: Buffer): Buffer {
    let sound = 0;
    for (const event of splitEvents(bytes)) {
      const data = eventData(event);
      if (data !== null) this.#read(data);
      if (this.error) break;
      // What follows the end is Cohere's own last word, [DONE].
      sound += event.length;
    }
    return sound === bytes.length ? bytes : bytes.subarray(0, sound);
  }

  #read(data: string): void {
    for (const event of this.#decoder.step({ event: "", data })) {
      if (event.type === "error") this.error = event.error;
      else if (event.type === "usage") this.usage = event.usage;
      else if (event.type === "finish") this.finishReason ??= event.reason;
      else if (event.type === "end") this.ended = true;
      else if (!this.hasContent && isContent(event)) this.hasContent = true;
    }
  }
}
