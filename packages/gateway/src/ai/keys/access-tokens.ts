/** A token that is fetched with a longer-lived secret: kept until shortly before it expires, and asked for once at a time. */
import { fetchBody } from "../models/fetch-body.ts";
import { asNumber, asObject, asText, tryParseJson } from "../conversation/json.ts";
import type { Transport } from "../../upstreams/transport.ts";

export interface KeyPorts {
  transport: Transport;
  /** Unix milliseconds. */
  now(): number;
}

export interface TokenGrant {
  /** Who gives it, to tell people. */
  readonly title: string;
  readonly url: string;
  /** The form that is sent. */
  form(nowMs: number): URLSearchParams;
}

/** A token is not used in its last minute: a call takes its time. */
const marginMs = 60_000;
const withinMs = 10_000;
const usualLifeSeconds = 3600;

export class AccessTokens {
  readonly #grant: TokenGrant;
  #token = "";
  #until = 0;
  #pending: Promise<string> | null = null;

  constructor(grant: TokenGrant) {
    this.#grant = grant;
  }

  /** At once while the last one holds. */
  token(ports: KeyPorts): string | Promise<string> {
    if (ports.now() < this.#until) return this.#token;
    return (this.#pending ??= this.#fetch(ports).finally(() => (this.#pending = null)));
  }

  async #fetch(ports: KeyPorts): Promise<string> {
    const { title, url } = this.#grant;
    const target = new URL(url);
    const askedAt = ports.now();
    const body = Buffer.from(this.#grant.form(askedAt).toString());
    const rawHeaders = ["Host", target.host, "Accept", "application/json", "Content-Type", "application/x-www-form-urlencoded", "Content-Length", String(body.length)];
    const timeouts = { connectMs: withinMs, firstByteMs: withinMs, idleMs: withinMs };
    const request = { origin: target.origin, method: "POST", path: target.pathname + target.search, rawHeaders, body, timeouts };
    const answer = await fetchBody(ports.transport, request, { maxBytes: 256 * 1024, withinMs });
    const read = answer?.status === 200 ? asObject(tryParseJson(answer.body.toString("utf8"))) : undefined;
    const token = asText(read?.["access_token"]);
    if (token === undefined) throw new Error(answer ? `${title} gave no token and answered ${answer.status}` : `${title} did not answer when it was asked for a token`);
    this.#token = token;
    this.#until = askedAt + (asNumber(read?.["expires_in"]) ?? usualLifeSeconds) * 1000 - marginMs;
    return token;
  }
}
