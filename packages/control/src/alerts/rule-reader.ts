/** Takes a rule's reading of this moment. Long windows change slowly: each is asked again after a sixtieth of it. */
import { isCallMetric, type Alert, type StateMetric } from "@parley/contract/config/alerts";
import { allOf } from "@parley/contract/query/write";
import type { CallFigures, Figures } from "@parley/stores/ports/call-figures";
import { readQuery } from "../calls/call-question.ts";
import { inputsOf, queryOfRule, readingOf, type Input, type Reading } from "./call-metrics.ts";
import { stateReading, type StateSources } from "./state-readings.ts";

const parts = 60;
/** Of what was a day and more ago. */
const pastParts = 5;
const maxKept = 1_000;

export class RuleReader {
  readonly #callLog: Pick<CallFigures, "groups">;
  readonly #sources: StateSources;
  /** What was asked of the call log, by what it was and how long ago the window ended. */
  readonly #kept = new Map<string, { at: number; figures: Figures }>();

  constructor(sources: StateSources) {
    this.#callLog = sources.callLog;
    this.#sources = sources;
  }

  async read({ when }: Alert, now: number): Promise<Reading> {
    if (!isCallMetric(when.metric) && when.metric !== "burn_rate") return stateReading(when, when.metric as StateMetric, { sources: this.#sources, now });
    const figures: Figures[] = [];
    // One after the other: the call log has few readers, and people wait for them.
    for (const input of inputsOf(when, now)) figures.push(await this.#figuresOf(queryOfRule(when), input, now));
    return readingOf(when, figures);
  }

  async #figuresOf(query: string, { end, windowMs, narrow }: Input, now: number): Promise<Figures> {
    const ago = now - end;
    const key = JSON.stringify([query, narrow, windowMs, ago]);
    const kept = this.#kept.get(key);
    if (kept && now >= kept.at && now - kept.at < windowMs / (ago === 0 ? parts : pastParts)) return kept.figures;
    const where = readQuery(allOf(query, narrow), now);
    const { totals } = await this.#callLog.groups({ where, from: end - windowMs, to: end }, { by: ["kind"], measure: "calls", limit: 1 });
    if (this.#kept.size >= maxKept) this.#kept.clear();
    this.#kept.set(key, { at: now, figures: totals });
    return totals;
  }
}
