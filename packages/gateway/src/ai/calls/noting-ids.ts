/** Answers of a provider that keeps them, read anew: whose each is gets noted all the same, or it would be nobody's and everybody's. */
import type { ProviderDialect, StreamDecoder } from "../conversation/dialect.ts";
import type { StreamEvent } from "../conversation/stream-event.ts";

/** The dialect itself where nobody wants to know, or its providers keep no answers. */
export function notingIds(dialect: ProviderDialect, note: ((id: string) => void) | undefined): ProviderDialect {
  if (!note || dialect.name !== "openai-responses") return dialect;
  return {
    ...dialect,
    parseAnswer(body, context) {
      const answer = dialect.parseAnswer(body, context);
      if (!("kind" in answer) && answer.id !== undefined) note(answer.id);
      return answer;
    },
    streamDecoder: (context) => notingDecoder(dialect.streamDecoder(context), note),
  };
}

function notingDecoder(decoder: StreamDecoder, note: (id: string) => void): StreamDecoder {
  const noted = (events: readonly StreamEvent[]): readonly StreamEvent[] => {
    const [first] = events;
    if (first?.type === "start" && first.id !== undefined) note(first.id);
    return events;
  };
  return { step: (frame) => noted(decoder.step(frame)), finish: () => noted(decoder.finish()) };
}
