/**
 * What the providers' own lists of models say. A list is asked for when somebody needs it, kept for ten minutes, and asked
 * for at most once a minute when that fails; a list holds at most 2,000 names. A provider that does not answer has the
 * models that are known of it.
 */
import type { Transport } from "../../upstreams/transport.ts";
import { tryParseJson } from "../conversation/json.ts";
import { fetchBody } from "./fetch-body.ts";
import type { ProviderAccount } from "./provider-account.ts";

const keptMs = 600_000;
const retryMs = 60_000;
const maxModels = 2000;
const patienceMs = 3000;

interface Learned {
  models: readonly string[];
  askedAt: number;
  succeeded: boolean;
  /** While the answer is awaited. */
  pending: Promise<void> | null;
}

export class ModelLists {
  readonly #transport: Transport;
  readonly #ports: { now(): number };
  readonly #learned = new Map<string, Learned>();
  #closed = false;

  constructor(ports: { transport: Transport; now(): number }) {
    this.#transport = ports.transport;
    this.#ports = ports;
  }

  /** The models of a provider as far as they are known now: configured or usual ones first, then learned ones. */
  known(account: ProviderAccount): readonly string[] {
    if (account.modelsAreFixed) return account.models;
    const learned = this.#learned.get(account.name)?.models ?? [];
    return learned.length === 0 ? account.models : [...new Set([...account.models, ...learned])];
  }

  has(account: ProviderAccount, model: string): boolean {
    if (account.models.includes(model)) return true;
    return !account.modelsAreFixed && (this.#learned.get(account.name)?.models.includes(model) ?? false);
  }

  /** Asks for the lists that are not known or too old; resolves when all have answered or failed, within three seconds. */
  async learn(accounts: readonly ProviderAccount[]): Promise<void> {
    await Promise.all(accounts.flatMap((account) => this.#learnOne(account) ?? []));
  }

  close(): void {
    this.#closed = true;
  }

  #learnOne(account: ProviderAccount): Promise<void> | null {
    if (this.#closed || account.modelsAreFixed || account.unusable || !account.dialect?.modelList) return null;
    const learned = this.#learned.get(account.name);
    if (learned?.pending) return learned.pending;
    if (learned && this.#ports.now() - learned.askedAt < (learned.succeeded ? keptMs : retryMs)) return null;
    const entry: Learned = { models: learned?.models ?? [], askedAt: this.#ports.now(), succeeded: false, pending: null };
    this.#learned.set(account.name, entry);
    return (entry.pending = this.#ask(account, entry).finally(() => (entry.pending = null)));
  }

  async #ask(account: ProviderAccount, entry: Learned): Promise<void> {
    const list = account.dialect?.modelList;
    if (!list) return;
    const rawHeaders = ["Host", account.host, "Accept", "application/json", ...(list.headers ?? [])];
    const timeouts = { connectMs: Math.min(account.timeouts.connectMs, patienceMs), firstByteMs: patienceMs, idleMs: patienceMs };
    const request = { origin: account.origin, method: "GET", path: account.basePath + list.path, rawHeaders, body: null, timeouts };
    try {
      await account.keys.take(this.#ports.now())?.authorize(request, { transport: this.#transport, now: () => this.#ports.now() });
    } catch {
      return;
    }
    const answer = await fetchBody(this.#transport, request, { maxBytes: 4 * 1024 * 1024, withinMs: patienceMs });
    const body = answer?.status === 200 ? tryParseJson(answer.body.toString("utf8")) : undefined;
    if (body === undefined) return;
    entry.models = list.parse(body).slice(0, maxModels);
    entry.succeeded = true;
  }
}
