// Hot path: every chunk of a translated stream from a chat completions provider passes here.
/**
 * The blocks of one choice of a stream: text, thoughts and refusals are open one at a time; a call stays open until the next
 * block begins and its own arguments are complete JSON, so that interleaved calls are not mixed up.
 */
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asNumber, asObject, asText, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { argumentsText } from "./parse-answer.ts";
import { signatureOf } from "./reasoning.ts";

export interface ChoiceState {
  nextBlock: number;
  /** The open block of text, reasoning or refusal. */
  open: OpenText | null;
  /** Tool calls by their index. */
  calls: Map<number, OpenCall>;
  finished: boolean;
  /** What is known of sound beside its samples. */
  audio: { transcript: string; id: string | undefined; expiresAt: number | undefined } | null;
}

interface OpenText {
  type: "text" | "reasoning" | "refusal";
  block: number;
}

interface OpenCall {
  /** Null until its name is complete, "closed" when it is over. */
  block: number | null | "closed";
  content: Extract<BlockContent, { type: "tool-call" }>;
  arguments: string;
}

export function newChoice(): ChoiceState {
  return { nextBlock: 0, open: null, calls: new Map(), finished: false, audio: null };
}

export interface Step {
  context: DecodingContext;
  own: ChoiceState;
  choice: number;
  events: StreamEvent[];
}

export function stepText(step: Step, type: "text" | "reasoning" | "refusal", text: string | undefined): void {
  if (!text) return;
  const { own, choice, events } = step;
  const open = own.open?.type === type ? own.open : openText(step, type);
  events.push({ type: "text-delta", choice, block: open.block, text });
}

export function openText(step: Step, type: OpenText["type"]): OpenText {
  const { own, choice, events } = step;
  for (const call of own.calls.values()) if (call.block === null && call.content.name !== "") begin(step, call);
  closeComplete(step);
  own.open = { type, block: own.nextBlock++ };
  events.push({ type: "block-start", choice, block: own.open.block, content: { type } });
  return own.open;
}

/** What `tool_calls` replaced, of which there is one. */
export function stepFormerCall(step: Step, call: JsonObject): void {
  if (asText(call["name"]) || step.own.calls.has(0)) stepToolCall(step, { index: 0, function: call }, 0);
}

/**
 * Servers that send whole calls may leave the index out, or send 0 for each: another id is another call. The name may come
 * after the id and in pieces, or anew with each piece of the call, but is complete where arguments begin.
 */
export function stepToolCall(step: Step, call: JsonObject, position: number): void {
  const { choice, events } = step;
  const index = asNumber(call["index"]) ?? position;
  const called = asObject(call["function"]) ?? asObject(call["custom"]);
  const name = asText(called?.["name"]) ?? "";
  const known = callAt(step, { call, index, name });
  const json = argumentsText(called?.["arguments"] ?? called?.["input"]);
  if (known.block === null) {
    known.content = { ...known.content, name: joinedName(known.content.name, name) };
    if (json === "") return;
    begin(step, known);
  }
  if (json === "" || known.block === "closed" || known.block === null) return;
  known.arguments += json;
  events.push({ type: "arguments-delta", choice, block: known.block, json });
}

function joinedName(known: string, piece: string): string {
  return known === piece ? known : known + piece;
}

function callAt(step: Step, { call, index, name }: { call: JsonObject; index: number; name: string }): OpenCall {
  const { own, context } = step;
  const id = asText(call["id"]);
  const known = own.calls.get(index);
  if (known && !(id && known.content.id !== id && name !== "")) return known;
  if (known) own.calls.set(-1 - own.calls.size, known);
  const made: OpenCall = { block: null, content: { type: "tool-call", id: id || context.makeId("call_"), name: "", custom: asObject(call["custom"]) ? true : undefined, signature: signatureOf(call) }, arguments: "" };
  own.calls.set(index, made);
  return made;
}

function begin(step: Step, call: OpenCall): void {
  const { own, choice, events } = step;
  // Named, and not yet told: they come before this one.
  for (const other of own.calls.values()) {
    if (other === call) break;
    if (other.block === null && other.content.name !== "") begin(step, other);
  }
  closeComplete(step);
  call.block = own.nextBlock++;
  events.push({ type: "block-start", choice, block: call.block, content: call.content });
}

/** Ends the text block, and the calls whose arguments can only be over. */
export function closeComplete({ own, choice, events }: Step): void {
  if (own.open) events.push({ type: "block-end", choice, block: own.open.block });
  own.open = null;
  for (const call of own.calls.values()) if (typeof call.block === "number" && tryParseJson(call.arguments) !== undefined) endCall(call, choice, events);
}

function endCall(call: OpenCall, choice: number, events: StreamEvent[]): void {
  if (typeof call.block === "number") events.push({ type: "block-end", choice, block: call.block });
  call.block = "closed";
}

export function closeAll(step: Step): void {
  const { own, choice, events } = step;
  closeComplete(step);
  if (own.audio) events.push({ type: "part", choice, block: own.nextBlock++, part: { type: "audio", source: { type: "base64", mediaType: "audio/pcm", data: "" }, ...own.audio } });
  own.audio = null;
  for (const call of own.calls.values()) {
    if (call.block === null) begin(step, call);
    endCall(call, choice, events);
  }
}
