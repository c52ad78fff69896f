/** The gateway's answer as server-sent events, as it comes; pulled by whoever reads them, so that nothing piles up. */
import type { tryEvent } from "@parley/contract/api/try-call";
import type { z } from "zod";

type TryEvent = z.input<typeof tryEvent>;

/** What a page can show; the rest of a longer answer is not fetched. */
const maxAnswerBytes = 8 * 1024 * 1024;

interface Asked {
  startedMs: number;
  monotonicMs: () => number;
  /** Ends the request to the gateway. */
  abort: () => void;
}

export function answerEvents(answer: Response, asked: Asked): ReadableStream<Uint8Array> {
  const events = eventsOf(answer, asked);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await events.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: () => asked.abort(),
    },
    { highWaterMark: 0 },
  );
}

async function* eventsOf(answer: Response, { startedMs, monotonicMs, abort }: Asked): AsyncGenerator<string> {
  const since = (): number => monotonicMs() - startedMs;
  yield event("head", { status: answer.status, headers: [...answer.headers].map(([name, value]): [string, string] => [name, value]), callId: answer.headers.get("parley-call-id"), firstByteMs: since() });
  const decoder = isText(answer.headers.get("content-type") ?? "text/plain") ? new TextDecoder() : null;
  let bytes = 0;
  let broken: string | null = null;
  let truncated = false;
  try {
    for await (const chunk of answer.body ?? []) {
      const wanted = chunk.subarray(0, maxAnswerBytes - bytes);
      bytes += wanted.byteLength;
      truncated = wanted.byteLength < chunk.byteLength;
      yield decoder ? event("text", { text: decoder.decode(wanted, { stream: true }) }) : event("bytes", { base64: Buffer.from(wanted).toString("base64") });
      if (truncated) break;
    }
  } catch (error) {
    broken = error instanceof Error && error.cause instanceof Error ? error.cause.message : String((error as Error).message);
  }
  if (truncated) abort();
  yield event("end", { durationMs: since(), bytes, broken, truncated });
}

function event(name: string, data: TryEvent): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function isText(type: string): boolean {
  return /^text\/|[/+](?:json|xml|yaml|x-ndjson|javascript|x-www-form-urlencoded)\b|event-stream/i.test(type);
}
