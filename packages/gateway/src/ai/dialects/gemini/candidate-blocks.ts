// On the hot path: one step per chunk of an answer. Benchmark: streaming.
/** The content blocks of one candidate of a stream. A call comes whole, or in pieces while no other does. */
import type { AssistantPart } from "../../conversation/content.ts";
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asObject, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import type { StreamEvent } from "../../conversation/stream-event.ts";
import { ContentBlocks } from "../decoding/content-blocks.ts";
import { movedBack, readCitations } from "./citations.ts";
import { readPart } from "./part.ts";
import { PartialArgs } from "./partial-args.ts";

type TextOrReasoning = Extract<AssistantPart, { type: "text" | "reasoning" }>;

export class CandidateBlocks extends ContentBlocks {
  calledTools = false;
  /** The open text is signed: no further text is part of it, but citations may still be. */
  #isSealed = false;
  /** All text so far, which citations point into. */
  #text = "";
  /** Where the last block of text begins in it. */
  #blockBegin = 0;
  /** The call whose arguments are still coming. */
  #called: { readonly block: number; readonly args: PartialArgs } | null = null;

  /** A part as Google wrote it. */
  add(written: JsonObject, context: DecodingContext, events: StreamEvent[]): void {
    if (this.#addCallPiece(written, context, events)) return;
    const part = readPart(written, context);
    if (part) this.addWhole(part, events);
  }

  addWhole(part: AssistantPart, events: StreamEvent[]): void {
    this.#endCall(events);
    if (part.type === "text" || part.type === "reasoning") return this.#addText(part, events);
    if (part.type !== "tool-call") return this.addPart(part, events);
    this.calledTools = true;
    this.addCall(part, events);
  }

  /**
   * They come last, when the text that they belong to may be closed already: then they have an empty block of their own, and
   * positions before its beginning.
   */
  addCitations(candidate: JsonObject, events: StreamEvent[]): void {
    if (candidate["groundingMetadata"] === undefined && candidate["citationMetadata"] === undefined) return;
    const citations = readCitations(candidate, this.#text);
    if (citations.length === 0) return;
    this.textBlock("text", events);
    this.cite(citations.map((citation) => movedBack(citation, this.#blockBegin)), events);
  }

  override textBlock(type: TextOrReasoning["type"], events: StreamEvent[]): number {
    if (this.open !== type) {
      this.#isSealed = false;
      this.#blockBegin = this.#text.length;
    }
    return super.textBlock(type, events);
  }

  endAll(events: StreamEvent[]): void {
    this.#endCall(events);
    this.endComplete(events);
  }

  /** A signature ends its text: what Google signed and what it did not are never joined. */
  #addText({ type, text, signature }: TextOrReasoning, events: StreamEvent[]): void {
    if (this.#isSealed && text !== "") this.endComplete(events);
    this.textBlock(type, events);
    this.addText(type, text, events);
    if (type === "text") this.#text += text;
    if (signature === undefined) return;
    this.sign(type, signature, events);
    if (type === "text") this.#isSealed = true;
    else this.endComplete(events);
  }

  /** False for what is no call in pieces. The first has the name, the last says no more that others follow. */
  #addCallPiece(written: JsonObject, context: DecodingContext, events: StreamEvent[]): boolean {
    const call = asObject(written["functionCall"]);
    if (!call) return false;
    const goesOn = call["willContinue"] === true;
    const begins = asText(call["name"]) !== undefined;
    if (begins) this.#endCall(events);
    if (begins ? !goesOn && call["partialArgs"] === undefined : !this.#called) return false;
    if (begins) this.#beginCall(readPart({ ...written, functionCall: { ...call, args: {} } }, context), events);
    this.#called?.args.add(call);
    if (!goesOn) this.#endCall(events);
    return true;
  }

  #beginCall(part: AssistantPart | undefined, events: StreamEvent[]): void {
    if (part?.type !== "tool-call") return;
    this.calledTools = true;
    const block = this.begin({ type: "tool-call", id: part.id, name: part.name, signature: part.signature }, events);
    this.#called = { block, args: new PartialArgs() };
  }

  #endCall(events: StreamEvent[]): void {
    if (!this.#called) return;
    const { block, args } = this.#called;
    this.#called = null;
    this.addArguments(block, args.json(), events);
    this.end(block, events);
  }
}
