// Hot path: one for each attempt at a provider.
/**
 * One attempt at one provider: sends the request, looks at the answer's head, and gives the rest to the relay that fits.
 * Settles exactly once: with null when the caller has an answer, else with why there is none.
 */
import type { IncomingAnswer, OutgoingRequest, Sending, TransportFailure } from "../../upstreams/transport.ts";
import type { ProviderDialect } from "../conversation/dialect.ts";
import { tryParseJson } from "../conversation/json.ts";
import type { ProviderKey } from "../keys/provider-key.ts";
import type { ModelTarget } from "../models/model-target.ts";
import type { AiCall } from "./ai-call.ts";
import { readProviderFields } from "./answer-fields.ts";
import type { ProviderFields } from "./answer-fields.ts";
import type { AnswerRelay } from "./answer-relay.ts";
import { failureOfProvider, failureOfTransport, firstTokenTimeout, noCredentials } from "./call-failure.ts";
import type { CallFailure } from "./call-failure.ts";

/** An error's body past this is cut off. */
const maxErrorBytes = 1024 * 1024;

export interface AttemptPlan {
  call: AiCall;
  target: ModelTarget;
  request: OutgoingRequest;
  /** Makes the relay for an answer of status 2xx. */
  relay: (attempt: ProviderAttempt, fields: ProviderFields) => AnswerRelay;
  isSameDialect: boolean;
  /** What is spoken, where it is not what the provider usually speaks. */
  dialect?: ProviderDialect;
}

/** Until the provider has answered. */
const noFields: ProviderFields = { fields: [], requestId: undefined, contentType: "" };

export class ProviderAttempt implements IncomingAnswer {
  readonly #plan: AttemptPlan;
  readonly #key: ProviderKey | null;
  readonly #done: (failure: CallFailure | null) => void;
  #sending: Sending | null = null;
  #relay: AnswerRelay | null = null;
  #status = 0;
  #fields = noFields;
  #errorChunks: Buffer[] = [];
  #errorBytes = 0;
  #firstToken: NodeJS.Timeout | undefined;
  #settled = false;
  #sentAt = 0;

  /** `key` is null for a provider that wants none. */
  constructor(plan: AttemptPlan, key: ProviderKey | null, done: (failure: CallFailure | null) => void) {
    this.#plan = plan;
    this.#key = key;
    this.#done = done;
  }

  start(): void {
    const { call, target, request } = this.#plan;
    this.#sentAt = performance.now();
    // A whole answer begins when all of it is there, so that its first token says nothing.
    if (call.stream && target.firstTokenMs !== undefined) this.#firstToken = setTimeout(() => this.#tooLate(), target.firstTokenMs);
    const authorized = this.#key?.authorize(request, call.ports);
    if (authorized) authorized.then(() => this.#send(), (error: unknown) => this.settle(noCredentials(target, error)));
    else this.#send();
  }

  /** Unless the client has gone, or time has run out, while credentials were fetched. */
  #send(): void {
    const { call, request } = this.#plan;
    if (call.clientGone) return this.settle(noCredentials(this.#plan.target, null));
    if (!this.#settled) this.#sending = call.ports.transport.send(request, this);
  }

  /** The client has gone: the provider is to stop at once. */
  abort(): void {
    this.#sending?.abort();
  }

  resume(): void {
    this.#sending?.resume();
  }

  /** The first content has come. */
  contentCame(): void {
    clearTimeout(this.#firstToken);
    this.#plan.target.speed?.measured(performance.now() - this.#sentAt, "stream");
  }

  settle(failure: CallFailure | null): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#firstToken);
    const { call, target } = this.#plan;
    if (failure) target.speed?.failed();
    else if (!call.stream) target.speed?.measured(performance.now() - this.#sentAt, "whole");
    this.#done(failure);
  }

  head(status: number, rawHeaders: string[]): void {
    if (status < 200) return;
    const { call, isSameDialect, relay } = this.#plan;
    const { record } = call.exchange;
    this.#status = status;
    this.#fields = readProviderFields(rawHeaders, isSameDialect ? null : { caller: call.caller.name, nowMs: call.ports.now() });
    record.upstreamStatus = status;
    record.upstreamMs = performance.now() - this.#sentAt;
    call.exchange.step("upstream", this.#sentAt);
    if (this.#fields.requestId !== undefined) record.providerRequestId = this.#fields.requestId;
    if (status < 300) this.#relay = relay(this, this.#fields);
  }

  data(chunk: Buffer): boolean {
    if (this.#relay) {
      const flows = this.#relay.data(chunk);
      // What comes after the end of an answer, or after an error in it, is of no use.
      return this.#settled ? true : flows;
    }
    this.#errorBytes += chunk.length;
    if (this.#errorBytes <= maxErrorBytes) this.#errorChunks.push(chunk);
    return true;
  }

  end(): void {
    if (this.#settled) return;
    if (this.#relay) return this.#relay.end();
    const body = Buffer.concat(this.#errorChunks);
    const text = body.toString("utf8");
    const { target, isSameDialect } = this.#plan;
    const dialect = this.#plan.dialect ?? target.account.dialect;
    const error = dialect?.parseError(this.#errorStatus(), tryParseJson(text) ?? text);
    if (dialect && error) this.settle(failureOfProvider(error, target, { fields: this.#fields.fields, dialect, ...(isSameDialect && { body }) }));
  }

  failure(failure: TransportFailure): void {
    if (this.#settled) return;
    if (this.#status === 0) this.#plan.call.exchange.step("upstream", this.#sentAt);
    const described = failureOfTransport(failure, this.#plan.target);
    if (this.#relay) this.#relay.broken(described);
    else this.settle(described);
  }

  /** A redirect is not followed: it would carry the key elsewhere. */
  #errorStatus(): number {
    return this.#status < 400 ? 502 : this.#status;
  }

  #tooLate(): void {
    this.settle(firstTokenTimeout(this.#plan.target));
    this.#sending?.abort();
  }
}
