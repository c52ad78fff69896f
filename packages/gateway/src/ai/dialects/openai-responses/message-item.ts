// Hot path: every piece of text to a responses caller is written here.
/** A message of the output while it is written: its parts, and the events that tell of them. */
import type { Citation } from "../../conversation/content.ts";
import type { Frame } from "../../conversation/dialect.ts";
import type { JsonDraft, JsonObject, JsonValue } from "../../conversation/json.ts";
import { writeAnnotation } from "./output-items.ts";

type Write = (type: string, members: JsonObject) => Frame;

interface Part {
  readonly draft: JsonDraft;
  readonly type: "text" | "refusal";
  text: string;
  readonly citations: Citation[];
}

export class MessageItem {
  readonly index: number;
  readonly item: JsonDraft;
  readonly #parts: Part[] = [];
  readonly #content: JsonValue[] = [];
  #open = 0;
  #closed = false;

  constructor(id: string, index: number) {
    this.index = index;
    this.item = { id, type: "message", status: "in_progress", role: "assistant", content: this.#content };
  }

  begin(type: "text" | "refusal", write: Write): { part: number; frame: Frame } {
    const draft: JsonDraft = type === "text" ? { type: "output_text", annotations: [], logprobs: [], text: "" } : { type: "refusal", refusal: "" };
    const part = this.#parts.push({ draft, type, text: "", citations: [] }) - 1;
    this.#open += 1;
    const frame = write("response.content_part.added", { ...this.#place(part), part: draft });
    this.#content.push(draft);
    return { part, frame };
  }

  add(part: number, text: string, write: Write): Frame {
    const own = this.#parts[part] as Part;
    own.text += text;
    if (own.type === "refusal") return write("response.refusal.delta", { ...this.#place(part), delta: text });
    return write("response.output_text.delta", { ...this.#place(part), delta: text, logprobs: [] });
  }

  /** One without positions holds for the whole text, whose length is known at its end. */
  cite(part: number, citation: Citation, write: Write): readonly Frame[] {
    const own = this.#parts[part] as Part;
    own.citations.push(citation);
    const annotation = writeAnnotation(citation, own.text.length);
    return [write("response.output_text.annotation.added", { ...this.#place(part), annotation_index: own.citations.length - 1, annotation })];
  }

  end(part: number, logprobs: readonly JsonValue[], write: Write): readonly Frame[] {
    const { draft, type, text, citations } = this.#parts[part] as Part;
    const place = this.#place(part);
    this.#open -= 1;
    draft[type === "text" ? "text" : "refusal"] = text;
    if (type === "text") {
      draft["annotations"] = citations.map((citation) => writeAnnotation(citation, text.length));
      draft["logprobs"] = logprobs;
    }
    const done = type === "text" ? write("response.output_text.done", { ...place, text, logprobs }) : write("response.refusal.done", { ...place, refusal: text });
    return [done, write("response.content_part.done", { ...place, part: draft })];
  }

  /** Nothing while a part is open: it is then closed after that part's end. */
  close(write: Write): readonly Frame[] {
    if (this.#open > 0 || this.#closed) return [];
    this.#closed = true;
    this.item["status"] = "completed";
    return [write("response.output_item.done", { output_index: this.index, item: this.item })];
  }

  #place(part: number): JsonObject {
    return { item_id: this.item["id"], output_index: this.index, content_index: part };
  }
}
