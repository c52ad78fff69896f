/** A person's own call, through the gateway or to a server of their choice, read as it comes. */
import type { tryEvent } from "@parley/contract/api/try-call";
import type { z } from "zod";
import { addressOf } from "./client.ts";
import { eventStreamReader } from "./event-stream.ts";
import { problemOf, unreachable } from "./problem-error.ts";
import type { Input } from "./types.ts";

type TryEvent = z.output<typeof tryEvent>;
export type TryHead = Extract<TryEvent, { status: number }>;
export type TryEnd = Extract<TryEvent, { bytes: number }>;
export type CallToTry = Input<"tryCall">["body"] | Input<"tryElsewhere">["body"];

export interface TryHandlers {
  onHead: (head: TryHead) => void;
  onText: (text: string) => void;
  onBytes?: (base64: string) => void;
}

/** Resolves when the answer has ended, in whatever way. Throws a `ProblemError` where the call was not made. */
export async function tryCall(call: CallToTry, { onHead, onText, onBytes }: TryHandlers, signal: AbortSignal): Promise<TryEnd | null> {
  const response = await post(call, signal);
  if (!response.ok || !response.body) throw await problemOf(response);
  const read = eventStreamReader();
  let end: TryEnd | null = null;
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    for (const { event, data } of read(piece)) {
      if (event === "head") onHead(JSON.parse(data) as TryHead);
      else if (event === "text") onText((JSON.parse(data) as { text: string }).text);
      else if (event === "bytes") onBytes?.((JSON.parse(data) as { base64: string }).base64);
      else if (event === "end") end = JSON.parse(data) as TryEnd;
    }
  }
  return end;
}

async function post(call: CallToTry, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(addressOf("target" in call ? "tryElsewhere" : "tryCall", {}), { method: "POST", headers: { "content-type": "application/json" }, credentials: "same-origin", body: JSON.stringify(call), signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw unreachable();
  }
}
