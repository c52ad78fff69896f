/** The newer version's answer on its way to a client of the older one: good JSON is held, mapped and sent; the rest passes with its tag. */
import { isJsonType, type Mapping } from "@parley/openapi";
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../exchange/answer.ts";
import { plainBody } from "../../exchange/plain-body.ts";
import { fieldValue, withoutFields } from "../../exchange/raw-fields.ts";
import { inOwnTerms, type OwnTerms } from "./own-terms.ts";
import type { VersionTags } from "./version-tags.ts";

const maxBytes = 8 * 1024 * 1024;
const ofOtherBytes: ReadonlySet<string> = new Set(["content-length", "content-encoding", "accept-ranges", "content-md5", "content-digest", "repr-digest"]);

export interface Adapting {
  map: Mapping;
  terms: OwnTerms;
  tags: VersionTags;
  method: string;
}

/** Until the body is there. */
interface HeldHead {
  status: number;
  rawHeaders: string[];
  statusText: string | undefined;
  coding: string | undefined;
}

export class AdaptedAnswer implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #adapting: Adapting;
  #head: HeldHead | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #over = false;

  constructor(sink: AnswerSink, adapting: Adapting) {
    this.#sink = sink;
    this.#adapting = adapting;
  }

  head(status: number, rawHeaders: string[], statusText?: string): void {
    if (status < 200) return this.#sink.head(status, rawHeaders, statusText);
    const { tags, method } = this.#adapting;
    for (let index = 0; index < rawHeaders.length; index += 2) if ((rawHeaders[index] as string).toLowerCase() === "etag") rawHeaders[index + 1] = tags.outgoing(rawHeaders[index + 1] as string);
    const isMapped = status < 300 && isJsonType(fieldValue(rawHeaders, "content-type") ?? "");
    if (!isMapped || status === 204 || status === 205) return this.#sink.head(status, rawHeaders, statusText);
    const fields = withoutFields(rawHeaders, ofOtherBytes);
    if (method === "HEAD") return this.#sink.head(status, fields, statusText);
    this.#head = { status, rawHeaders: fields, statusText, coding: fieldValue(rawHeaders, "content-encoding") };
  }

  data(chunk: Buffer): boolean {
    if (this.#over) return true;
    if (this.#head === null) return this.#sink.data(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > maxBytes) this.#fail("the answer has more than 8 MiB");
    else this.#chunks.push(chunk);
    return true;
  }

  end(rawTrailers?: string[]): void {
    if (this.#over) return;
    if (this.#head === null) return this.#sink.end(rawTrailers);
    if (this.#head.coding === undefined) return this.#finish(this.#head, Buffer.concat(this.#chunks));
    void this.#decoded(this.#head, this.#head.coding);
  }

  /** An upstream that sends a coding which it was not asked for. */
  async #decoded(head: HeldHead, coding: string): Promise<void> {
    const plain = await plainBody(Buffer.concat(this.#chunks), coding, maxBytes);
    if (this.#over) return;
    if (plain.kind === "plain") return this.#finish(head, plain.bytes);
    this.#fail(plain.kind === "too-long" ? "it has more than 8 MiB" : `it cannot be read as ${coding.slice(0, 40)}`);
  }

  #finish({ status, rawHeaders, statusText }: HeldHead, bytes: Buffer): void {
    const body = this.#mapped(bytes);
    if (body === null) return this.#fail("the upstream's body is no JSON");
    this.#sink.head(status, [...rawHeaders, "Content-Length", String(body.length)], statusText);
    if (body.length > 0) this.#sink.data(body);
    this.#sink.end();
  }

  fault(refusal: Refusal): void {
    if (this.#over) return;
    this.#over = true;
    const { tags, terms } = this.#adapting;
    const etag = refusal.headers?.["ETag"];
    const known = [...new Set([...(etag === undefined ? [] : [etag]), ...tagsOf(refusal.extensions)])];
    const own = inOwnTerms(refusal, terms);
    this.#sink.fault(known.length === 0 ? own : tags.inRefusal(own, known));
  }

  onDrain(callback: () => void): void {
    this.#sink.onDrain(callback);
  }

  #mapped(bytes: Buffer): Buffer | null {
    if (bytes.length === 0) return bytes;
    try {
      return Buffer.from(JSON.stringify(this.#adapting.map(JSON.parse(bytes.toString("utf8")) as Parameters<Mapping>[0], false)));
    } catch {
      return null;
    }
  }

  #fail(what: string): void {
    this.#over = true;
    this.#chunks = [];
    this.#sink.fault({ code: "adapter-failed", detail: `The answer cannot be adapted to the version that was asked for: ${what}.` });
  }
}

/** As the guard's refusals name the states that they compare. */
function tagsOf(extensions: Record<string, unknown> | undefined): string[] {
  const states = [extensions?.["current"], extensions?.["base"]] as ({ etag?: unknown } | undefined)[];
  const expected = Array.isArray(extensions?.["expected"]) ? (extensions["expected"] as unknown[]) : [];
  return [...states.map((state) => state?.etag), ...expected].filter((tag): tag is string => typeof tag === "string" && tag.includes('"'));
}
