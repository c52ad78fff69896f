/** The body of an AI call that is a multipart form: held once as it came, with the fields that decide where it goes. */
import { RefusalError } from "../../exchange/answer.ts";
import { boundaryOf } from "../../exchange/mime-parts.ts";
import type { JsonDraft, JsonObject } from "../conversation/json.ts";
import { type FieldRange, formFields } from "../raw-multipart/form-fields.ts";

/** Longer ones are no names of models. */
const maxFieldBytes = 1024;
const headFields = ["model", "stream"];

export class FormBody {
  readonly bytes: Buffer;
  readonly head: JsonObject;
  readonly contentType: string;
  readonly #boundary: string;
  readonly #model: FieldRange | undefined;

  /** With `model` it is the one that is asked, whatever the form says. Throws a `RefusalError` where the bytes are no form. */
  constructor(bytes: Buffer, contentType: string, model?: string) {
    const boundary = boundaryOf(contentType, "form-data");
    const fields = boundary === null ? null : formFields(bytes, boundary, headFields);
    if (boundary === null || !fields) throw new RefusalError({ code: "invalid-request", detail: "the body is no multipart form as its Content-Type says", fix: "Send multipart/form-data with the boundary that the body has; clients do so by themselves when they set no Content-Type of their own." });
    for (const [name, found] of fields) {
      // The provider might take another one than the gateway judged.
      if (found.length > 1) throw new RefusalError({ code: "invalid-request", detail: `the form has the field \`${name}\` ${found.length} times`, fix: `Send \`${name}\` once.` });
    }
    this.bytes = bytes;
    this.contentType = contentType;
    this.#boundary = boundary;
    this.#model = fields.get("model")?.[0];
    const head: JsonDraft = {};
    for (const [name, [field]] of fields) {
      if (!field) continue;
      const { valueStart, valueEnd } = field;
      const text = bytes.toString("utf8", valueStart, Math.min(valueEnd, valueStart + maxFieldBytes));
      head[name] = name === "stream" ? text.trim().toLowerCase() === "true" : text;
    }
    // It is written into the form, and could end its own part there and begin others.
    if (model !== undefined && /[\r\n]/.test(model)) throw new RefusalError({ code: "invalid-request", detail: "the path's deployment has a line break in it", extensions: { param: "model" } });
    if (model !== undefined) head["model"] = model;
    this.head = head;
  }

  get parsed(): JsonObject {
    return this.head;
  }

  /** The bytes with the model's name in them; the files are where they were. */
  named(model: string): Buffer[] {
    if (!this.#model) {
      const first = this.bytes.indexOf(`--${this.#boundary}`, 0, "latin1");
      return [this.bytes.subarray(0, first), Buffer.from(`--${this.#boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n`), this.bytes.subarray(first)];
    }
    const { valueStart, valueEnd } = this.#model;
    if (this.bytes.toString("utf8", valueStart, valueEnd) === model) return [this.bytes];
    return [this.bytes.subarray(0, valueStart), Buffer.from(model), this.bytes.subarray(valueEnd)];
  }
}
