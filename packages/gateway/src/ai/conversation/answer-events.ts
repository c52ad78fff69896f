/** A whole answer as the events of a stream, for providers that do not stream and callers who asked for it. */
import type { Answer, Choice } from "./answer.ts";
import type { AssistantPart } from "./content.ts";
import type { BlockContent, StreamEvent } from "./stream-event.ts";

/** `pieces` cuts a text into the deltas to send; without it a text is one delta. */
export function eventsOfAnswer(answer: Answer, pieces: (text: string) => readonly string[] = (text) => [text]): StreamEvent[] {
  const { id, model, createdAt, serviceTier, systemFingerprint } = answer;
  const events: StreamEvent[] = [{ type: "start", id, model, createdAt, serviceTier, systemFingerprint }];
  for (const [index, choice] of answer.choices.entries()) pushChoice(events, { choice, index, pieces });
  if (answer.usage) events.push({ type: "usage", usage: answer.usage });
  events.push({ type: "end" });
  return events;
}

/** Parts as blocks of the first choice, numbered from `firstBlock` on. */
export function eventsOfParts(parts: readonly AssistantPart[], firstBlock: number): StreamEvent[] {
  const events: StreamEvent[] = [];
  for (const [index, part] of parts.entries()) pushPart(events, part, { choice: 0, block: firstBlock + index, pieces: (text) => [text] });
  return events;
}

function pushChoice(events: StreamEvent[], { choice, index, pieces }: { choice: Choice; index: number; pieces: (text: string) => readonly string[] }): void {
  if (choice.logprobs !== undefined) events.push({ type: "logprobs", choice: index, logprobs: choice.logprobs });
  for (const [block, part] of choice.parts.entries()) pushPart(events, part, { choice: index, block, pieces });
  events.push({ type: "finish", choice: index, reason: choice.finish });
}

function pushPart(events: StreamEvent[], part: AssistantPart, { choice, block, pieces }: { choice: number; block: number; pieces: (text: string) => readonly string[] }): void {
  const content = contentOf(part);
  if (!content) return void events.push({ type: "part", choice, block, part });
  events.push({ type: "block-start", choice, block, content });
  if (part.type === "tool-call" && part.arguments !== "") events.push({ type: "arguments-delta", choice, block, json: part.arguments });
  if ("text" in part) for (const text of pieces(part.text)) events.push({ type: "text-delta", choice, block, text });
  if (part.type === "text") for (const citation of part.citations ?? []) events.push({ type: "citation", choice, block, citation });
  if ((part.type === "text" || part.type === "reasoning") && part.signature) events.push({ type: "signature", choice, block, signature: part.signature });
  events.push({ type: "block-end", choice, block });
}

/** Null for a part that comes whole. */
function contentOf(part: AssistantPart): BlockContent | null {
  switch (part.type) {
    case "text":
    case "refusal":
      return { type: part.type };
    case "reasoning":
      return part.redacted ? null : { type: "reasoning" };
    case "tool-call":
      return { type: "tool-call", id: part.id, name: part.name, custom: part.custom, namespace: part.namespace, signature: part.signature, own: part.own };
    case "image":
    case "audio":
    case "native":
      return null;
  }
}
