/**
 * A call log that opens in the background and opens again after its engine broke: configuration, sign-in and publishing
 * never wait for it. While it is away every question is refused with `CallLogUnavailableError`.
 */
import {
  CallLogUnavailableError, InvalidCursorError, type CallLog, type CallPage, type CallRange, type CallSearch, type ExportAsked, type Facets, type IngestOutcome, type Segment, type WriteCount,
} from "@parley/stores/ports/call-log";
import type { CallRecord } from "@parley/contract/call-record";
import type { SpendQuery, SpendRow } from "@parley/contract/api/spend";
import type { Change, ChangeAsked, Groups, GroupsAsked, Figures, HeatMap, Overview, OverviewAsked, SeriesAsked } from "@parley/stores/ports/call-figures";
import type { FieldName } from "@parley/contract/query/fields";

export interface BackgroundCallLogPorts {
  open: () => Promise<CallLog>;
  onError: (message: string, error: unknown) => void;
  onOpen: () => void;
  /** Takes in what waits in the spool, before a question about calls is put. Never rejects, and does not take long. */
  freshen: () => Promise<void>;
}

const retryAfterMs = 5_000;

export class BackgroundCallLog implements CallLog {
  readonly engine = "DuckDB";
  readonly #ports: BackgroundCallLogPorts;
  #log: CallLog | null = null;
  #opening: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #closed = false;
  /** Why it cannot answer now; null while it can. */
  #away: string | null = "it is being opened";

  constructor(ports: BackgroundCallLogPorts) {
    this.#ports = ports;
    this.#open();
  }

  /** Why it cannot answer, or takes in nothing; null while all is well. */
  get trouble(): string | null {
    return this.#away ?? this.#log?.trouble ?? null;
  }

  /** Resolves when the first attempt to open it is over, whatever its end. */
  get settled(): Promise<void> {
    return this.#opening;
  }

  ingest(segments: readonly Segment[]): Promise<IngestOutcome> {
    return this.#ask((log) => log.ingest(segments));
  }

  find(search: CallSearch, signal?: AbortSignal): Promise<CallPage> {
    return this.#askFresh((log) => log.find(search, signal));
  }

  facets(search: CallRange, asked: { fields: readonly FieldName[]; values: number }, signal?: AbortSignal): Promise<Facets> {
    return this.#askFresh((log) => log.facets(search, asked, signal));
  }

  async *export(search: CallRange, asked: ExportAsked): AsyncGenerator<Uint8Array> {
    await this.#ports.freshen();
    if (!this.#log) throw new CallLogUnavailableError(this.#away ?? "it is closed");
    yield* this.#log.export(search, asked);
  }

  get(id: string): Promise<CallRecord | null> {
    return this.#askFresh((log) => log.get(id));
  }

  lastUse(consumer: string): Promise<Map<string, number>> {
    return this.#askFresh((log) => log.lastUse(consumer));
  }

  countWrites(query: { service: string; from: number; to: number }): Promise<WriteCount[]> {
    return this.#askFresh((log) => log.countWrites(query));
  }

  spend(query: SpendQuery, limit: number): Promise<SpendRow[]> {
    return this.#askFresh((log) => log.spend(query, limit));
  }

  overview(asked: OverviewAsked, now: number, signal?: AbortSignal): Promise<Overview> {
    return this.#askFresh((log) => log.overview(asked, now, signal));
  }

  groups(range: CallRange, asked: GroupsAsked, signal?: AbortSignal): Promise<Groups> {
    return this.#askFresh((log) => log.groups(range, asked, signal));
  }

  series(range: CallRange & { from: number; to: number }, asked: SeriesAsked, signal?: AbortSignal): Promise<(Figures & { at: number })[]> {
    return this.#askFresh((log) => log.series(range, asked, signal));
  }

  heatMap(range: CallRange & { from: number; to: number }, signal?: AbortSignal): Promise<HeatMap> {
    return this.#askFresh((log) => log.heatMap(range, signal));
  }

  change(asked: ChangeAsked, signal?: AbortSignal): Promise<Change> {
    return this.#askFresh((log) => log.change(asked, signal));
  }

  tidy(now: number): Promise<void> {
    return this.#ask((log) => log.tidy(now));
  }

  deleteFiguresBefore(at: number): Promise<void> {
    return this.#ask((log) => log.deleteFiguresBefore(at));
  }

  size(): Promise<{ calls: number; bytes: number }> {
    return this.#askFresh((log) => log.size());
  }

  deleteBefore(at: number, of?: Parameters<CallLog["deleteBefore"]>[1]): Promise<number> {
    return this.#ask((log) => log.deleteBefore(at, of));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#opening;
    await this.#log?.close();
    this.#log = null;
  }

  #open(): void {
    if (this.#closed) return;
    this.#opening = this.#ports.open().then(
      (log) => {
        this.#log = log;
        this.#away = null;
        this.#ports.onOpen();
      },
      (error: unknown) => {
        this.#away = `it cannot be opened: ${messageOf(error)}`;
        this.#ports.onError("the call log cannot be opened; calls go on, their records wait in the spool", error);
        this.#retry = setTimeout(() => this.#open(), retryAfterMs);
      },
    );
  }

  async #askFresh<Result>(question: (log: CallLog) => Promise<Result>): Promise<Result> {
    await this.#ports.freshen();
    return this.#ask(question);
  }

  async #ask<Result>(question: (log: CallLog) => Promise<Result>): Promise<Result> {
    const log = this.#log;
    if (!log) throw new CallLogUnavailableError(this.#away ?? "it is closed");
    try {
      return await question(log);
    } catch (error) {
      if (isFatal(error) && this.#log === log) this.#reopen(log, error);
      if (error instanceof InvalidCursorError || error instanceof CallLogUnavailableError) throw error;
      throw new CallLogUnavailableError(messageOf(error), { cause: error });
    }
  }

  /** After a fatal error the engine refuses everything until it is opened again. */
  #reopen(log: CallLog, error: unknown): void {
    this.#log = null;
    this.#away = "its engine failed and is being opened again";
    this.#ports.onError("the call log's engine failed; it is opened again", error);
    void log.close().catch(() => undefined).then(() => this.#open());
  }
}

function isFatal(error: unknown): boolean {
  return /database has been invalidated|FATAL Error|INTERNAL Error/i.test(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
