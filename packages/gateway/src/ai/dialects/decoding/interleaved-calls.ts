// Hot path: every delta of a translated stream of chat completions passes here.
/**
 * The content blocks of one choice where calls of tools come in pieces and servers may interleave them: a call stays open
 * until another block begins and its own arguments are complete JSON, so that the pieces of two are not mixed up.
 */
import type { DecodingContext } from "../../conversation/dialect.ts";
import { tryParseJson } from "../../conversation/json.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";
import { ContentBlocks } from "./content-blocks.ts";
import type { TextType } from "./content-blocks.ts";

type CallContent = Extract<BlockContent, { type: "tool-call" }>;

/** What a delta says of a call. */
export interface CallPiece extends Omit<CallContent, "type" | "id"> {
  readonly index: number;
  /** Undefined or empty where the server left it out. */
  readonly id: string | undefined;
  /** All of it, or a piece, or none. */
  readonly name: string;
  /** A piece of the arguments. */
  readonly json: string;
}

interface OpenCall {
  content: CallContent;
  /** Null until the call begins. */
  block: number | null;
  json: string;
  isOver: boolean;
}

export class InterleavedCalls extends ContentBlocks {
  readonly #context: DecodingContext;
  /** By their index, in the order in which they came. */
  readonly #calls = new Map<number, OpenCall>();

  constructor(choice: number, context: DecodingContext) {
    super(choice);
    this.#context = context;
  }

  /** The name may come after the id and in pieces, or anew with each piece of the call, but is complete where arguments begin. */
  addCallPiece(piece: CallPiece, events: StreamEvent[]): void {
    const call = this.#callOf(piece, events);
    if (call.block === null && call.content.name !== piece.name) call.content = { ...call.content, name: call.content.name + piece.name };
    if (piece.json === "" || call.isOver) return;
    const block = this.#begun(call, events);
    call.json += piece.json;
    this.addArguments(block, piece.json, events);
  }

  get hasCalls(): boolean {
    return this.#calls.size > 0;
  }

  hasCall(index: number): boolean {
    return this.#calls.has(index);
  }

  override textBlock(type: TextType, events: StreamEvent[]): number {
    if (this.open !== type) this.#beginNamed(events);
    return super.textBlock(type, events);
  }

  override endComplete(events: StreamEvent[]): void {
    super.endComplete(events);
    for (const call of this.#calls.values()) if (call.block !== null && !call.isOver && tryParseJson(call.json) !== undefined) this.#endCall(call, events);
  }

  /** The choice is over, and with it what is open. */
  endAll(events: StreamEvent[]): void {
    this.endComplete(events);
    for (const call of this.#calls.values()) this.#endCall(call, events);
  }

  /** Servers that send whole calls may give 0 as the index of each: another id is another call, and the one before it is over. */
  #callOf({ index, json: _json, ...content }: CallPiece, events: StreamEvent[]): OpenCall {
    const known = this.#calls.get(index);
    const isAnother = content.id && content.name !== "" && known?.content.id !== content.id;
    if (known && !isAnother) return known;
    if (known) this.#endCall(known, events);
    this.#calls.delete(index);
    const call: OpenCall = { content: { ...content, type: "tool-call", id: content.id || this.#context.makeId("call_") }, block: null, json: "", isOver: false };
    this.#calls.set(index, call);
    return call;
  }

  /** Those that were named before it begin before it. */
  #begun(call: OpenCall, events: StreamEvent[]): number {
    if (call.block !== null) return call.block;
    this.#beginNamed(events, call);
    call.block = this.begin(call.content, events);
    return call.block;
  }

  #beginNamed(events: StreamEvent[], before?: OpenCall): void {
    for (const call of this.#calls.values()) {
      if (call === before) return;
      if (call.block === null && call.content.name !== "") call.block = this.begin(call.content, events);
    }
  }

  #endCall(call: OpenCall, events: StreamEvent[]): void {
    if (call.isOver) return;
    const block = this.#begun(call, events);
    call.isOver = true;
    this.end(block, events);
  }
}
