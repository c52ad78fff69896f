/**
 * "Why is this different?": which values are more, or less, common in a selection of calls than in all of them. A value counts
 * by how far its share moved and by how surprising that is (its term of the Jensen-Shannon divergence).
 */
import type { Answer } from "../../api/types.ts";

type Facets = Answer<"callFacets">;

export interface Difference {
  field: string;
  value: string;
  /** Of 1. */
  shareInSelection: number;
  shareInAll: number;
  score: number;
}

/** Under this difference of shares two samples differ by chance. */
const leastShift = 0.03;

export function differencesOf(selection: Facets, all: Facets): Difference[] {
  return selection.facets
    .flatMap(({ field, values }) => {
      const everywhere = new Map(all.facets.find((facet) => facet.field === field)?.values.map(({ value, calls }) => [value, calls]));
      const names = new Set([...values.map(({ value }) => value), ...everywhere.keys()]);
      const here = new Map(values.map(({ value, calls }) => [value, calls]));
      return [...names].map((value) => differenceOf(field, value, { here: share(here.get(value), selection.calls), everywhere: share(everywhere.get(value), all.calls) }));
    })
    .filter(({ shareInSelection, shareInAll }) => Math.abs(shareInSelection - shareInAll) >= leastShift)
    .toSorted((one, other) => other.score - one.score);
}

function differenceOf(field: string, value: string, { here, everywhere }: { here: number; everywhere: number }): Difference {
  // What there is more of tells more than what is missing because of it.
  const weight = here < everywhere ? 0.5 : 1;
  return { field, value, shareInSelection: here, shareInAll: everywhere, score: weight * surprise(everywhere, here) * Math.abs(here - everywhere) };
}

function share(calls: number | undefined, whole: number): number {
  return whole === 0 ? 0 : (calls ?? 0) / whole;
}

function surprise(before: number, now: number): number {
  const middle = (before + now) / 2;
  const part = (of: number): number => (of === 0 ? 0 : of * Math.log2(of / middle));
  return (part(before) + part(now)) / 2;
}
