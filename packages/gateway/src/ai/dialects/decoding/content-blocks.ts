// Hot path: every delta of a translated stream passes here.
/**
 * The content blocks of one choice while its stream is decoded: numbered in the order of their starts, with one text,
 * thought or refusal open at a time, which ends where something else begins. For dialects that do not number blocks themselves.
 */
import type { AssistantPart, Citation, Signature, ToolCallPart } from "../../conversation/content.ts";
import type { BlockContent, StreamEvent } from "../../conversation/stream-event.ts";

export type TextType = "text" | "reasoning" | "refusal";

export class ContentBlocks {
  readonly choice: number;
  #count = 0;
  #open: { readonly type: TextType; readonly block: number } | null = null;

  constructor(choice = 0) {
    this.choice = choice;
  }

  /** What the open block of text holds; null between such blocks. */
  get open(): TextType | null {
    return this.#open?.type ?? null;
  }

  addText(type: TextType, text: string, events: StreamEvent[]): void {
    if (text === "") return;
    const block = this.textBlock(type, events);
    events.push({ type: "text-delta", choice: this.choice, block, text });
  }

  /** The number of the open block of that type, which begins if it is not there. */
  textBlock(type: TextType, events: StreamEvent[]): number {
    if (this.#open?.type === type) return this.#open.block;
    const block = this.begin({ type }, events);
    this.#open = { type, block };
    return block;
  }

  /** Citations that come when no text is open have one of their own. */
  cite(citations: readonly Citation[], events: StreamEvent[]): void {
    if (citations.length === 0) return;
    const block = this.textBlock("text", events);
    for (const citation of citations) events.push({ type: "citation", choice: this.choice, block, citation });
  }

  sign(type: TextType, signature: Signature, events: StreamEvent[]): void {
    const block = this.textBlock(type, events);
    events.push({ type: "signature", choice: this.choice, block, signature });
  }

  addPart(part: AssistantPart, events: StreamEvent[]): void {
    this.endComplete(events);
    this.addPartBeside(part, events);
  }

  /** Such as a sample of sound, which does not end the text that it comes with. */
  addPartBeside(part: AssistantPart, events: StreamEvent[]): void {
    events.push({ type: "part", choice: this.choice, block: this.#count++, part });
  }

  /** A call that comes whole. */
  addCall({ id, name, arguments: json, signature }: ToolCallPart, events: StreamEvent[]): void {
    const block = this.begin({ type: "tool-call", id, name, signature }, events);
    this.addArguments(block, json, events);
    this.end(block, events);
  }

  addArguments(block: number, json: string, events: StreamEvent[]): void {
    if (json !== "") events.push({ type: "arguments-delta", choice: this.choice, block, json });
  }

  /** Begins a block after what it ends, and gives its number. */
  begin(content: BlockContent, events: StreamEvent[]): number {
    this.endComplete(events);
    const block = this.#count++;
    events.push({ type: "block-start", choice: this.choice, block, content });
    return block;
  }

  end(block: number, events: StreamEvent[]): void {
    events.push({ type: "block-end", choice: this.choice, block });
  }

  /** Ends what the beginning of another block completes. */
  endComplete(events: StreamEvent[]): void {
    if (this.#open) this.end(this.#open.block, events);
    this.#open = null;
  }
}
