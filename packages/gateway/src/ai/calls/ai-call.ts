// Hot path: one of these for each AI call.
/**
 * One AI call: what the caller sent, and what all attempts at answering it share. Calls know the dialects' contract and
 * the transport; they hide failing over, the relaying of answers and streams, and what the record gets.
 */
import type { AnswerSink } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { CallerDialect, DecodingContext, EncodingContext } from "../conversation/dialect.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { PassThrough } from "../conversation/pass-through.ts";
import type { TranslationNotes } from "../conversation/translation-notes.ts";
import { refuseParameter } from "../conversation/parameters.ts";
import type { MediaOutline } from "../raw-json/media-outline.ts";
import type { TopLevel } from "../raw-json/top-level-members.ts";
import type { OutputGuard } from "../guardrails/output-guard.ts";
import type { PriceBook } from "../record/cost.ts";
import type { BackgroundAnswer } from "./background-answer.ts";
import type { CallPorts } from "./call-ports.ts";

/** What the caller sent, read as far as anybody wants it. */
export interface CallBody {
  readonly bytes: Buffer;
  /** The members that decide where the call goes. */
  readonly head: JsonObject;
  readonly parsed: JsonObject;
  /** Where members of `head` are in the bytes, one of each; null or absent where that is not known. */
  readonly found?: TopLevel | null;
  /** The one whose foreign words the bytes do not have; null or absent where that is not known. */
  readonly passesBy?: PassThrough | null;
  /** Null where there are no long media. `makeMark` gives what nobody can guess. */
  outline?(makeMark: () => string): MediaOutline | null;
}

export interface AiCallInput {
  exchange: Exchange;
  sink: AnswerSink;
  caller: CallerDialect;
  body: CallBody;
  model: string;
  stream: boolean;
  /** The caller wants usage at the end of its stream. */
  includeUsage: boolean;
  ports: CallPorts;
  prices: PriceBook;
  /** Called with the id of an answer that a provider keeps, the provider's name, and its key's. */
  onAnswerId?: ((id: string, provider: string, key?: string) => void) | undefined;
  /** Of a request whose answer its provider may go on with after the call. */
  background?: BackgroundAnswer | undefined;
  /** Looks at what is answered. */
  guard?: OutputGuard;
  /** What the gateway asked besides for this call has cost, in billionths of a USD. */
  besidesNanoUsd?: number;
}

export class AiCall {
  readonly #input: AiCallInput;
  readonly exchange: Exchange;
  readonly sink: AnswerSink;
  readonly caller: CallerDialect;
  readonly #request: CallBody;
  /** As the application wrote it. */
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly ports: CallPorts;
  readonly prices: PriceBook;
  readonly onAnswerId: AiCallInput["onAnswerId"];
  readonly background: BackgroundAnswer | undefined;
  readonly guard: OutputGuard | undefined;
  readonly besidesNanoUsd: number;
  clientGone = false;
  /** The name of the provider's key that the attempt under way is made with. */
  keyName: string | undefined;
  #conversation: Conversation | null = null;
  /** The conversation as the target in turn needs it, where that is not as the caller wrote it. */
  changed: Conversation | null = null;

  constructor(input: AiCallInput) {
    this.#input = input;
    this.exchange = input.exchange;
    this.sink = input.sink;
    this.caller = input.caller;
    this.#request = input.body;
    this.model = input.model;
    this.stream = input.stream;
    this.includeUsage = input.includeUsage;
    this.ports = input.ports;
    this.prices = input.prices;
    this.onAnswerId = input.onAnswerId;
    this.background = input.background;
    this.guard = input.guard;
    this.besidesNanoUsd = input.besidesNanoUsd ?? 0;
  }

  /** The same call with another body, or another way back. */
  with(change: Partial<Pick<AiCallInput, "sink" | "body" | "guard" | "besidesNanoUsd">>): AiCall {
    return new AiCall({ ...this.#input, ...change });
  }

  get body(): Buffer {
    return this.#request.bytes;
  }

  /** All of the caller's body, parsed. */
  requestBody(): JsonObject {
    return this.#request.parsed;
  }

  /** Of a large body with media, which need not be copied to read the rest. */
  get outline(): MediaOutline | null {
    return this.#request.outline?.(() => randomName(this.ports)) ?? null;
  }

  /** The body as far as it has to be read to be judged: its long media may be stand-ins. */
  judgedBody(): JsonObject {
    return this.outline?.value ?? this.requestBody();
  }

  /** The members that decide where the call goes. */
  get head(): JsonObject {
    return this.#request.head;
  }

  /** Where they are in the body, as far as that is known. */
  get found(): TopLevel | null {
    return this.#request.found ?? null;
  }

  /** The way through that its bytes may take to whatever provider, as far as that is known. */
  get passesBy(): PassThrough | null {
    return this.#request.passesBy ?? null;
  }

  /** Read once, and only where a target needs a translation. Throws a `RefusalError` that names the parameter. */
  get conversation(): Conversation {
    return this.changed ?? (this.#conversation ??= this.#parse());
  }

  #parse(): Conversation {
    try {
      return this.caller.parseRequest(this.#request.parsed);
    } catch (error) {
      if (error instanceof RangeError) return refuseParameter("invalid-request", "", "the body is nested too deeply");
      throw error;
    }
  }

  /** What is read of the answer by nobody is noted in `notes`. */
  decodingContext(notes?: TranslationNotes): DecodingContext {
    const unknown = notes && ((path: string): void => notes.dropped(`answer.${path}`, "it has no place in the answers of this API"));
    return { makeId: (prefix) => prefix + randomName(this.ports), unknown };
  }

  /** Mistral's own client refuses a piece of a call that does not name the tool anew. */
  get namesEveryPiece(): boolean {
    return (this.exchange.headers["user-agent"] ?? "").includes("mistral");
  }

  encodingContext(): EncodingContext {
    const request = this.#request;
    return {
      model: this.model,
      callId: this.exchange.id,
      nowSeconds: Math.floor(this.ports.now() / 1000),
      includeUsage: this.includeUsage,
      namesEveryPiece: this.namesEveryPiece,
      get request() {
        return request.parsed;
      },
    };
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** 24 letters and digits: enough not to meet again within a conversation. */
function randomName(ports: { random(): number }): string {
  let name = "";
  for (let index = 0; index < 24; index++) name += alphabet[Math.floor(ports.random() * alphabet.length)];
  return name;
}
