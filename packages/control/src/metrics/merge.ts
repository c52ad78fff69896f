/** One set of families from several processes: what has the same name and labels is added up. */
import type { MetricFamily } from "@parley/contract/channel";

type Series = MetricFamily["series"][number];

export function mergeFamilies(sources: readonly (readonly MetricFamily[])[]): MetricFamily[] {
  const families = new Map<string, { family: MetricFamily; series: Map<string, Series> }>();
  for (const family of sources.flat()) {
    const merged = families.get(family.name) ?? { family, series: new Map<string, Series>() };
    families.set(family.name, merged);
    for (const series of family.series) {
      const id = labelsId(series.labels);
      const before = merged.series.get(id);
      merged.series.set(id, before ? added(before, series) : series);
    }
  }
  return [...families.values()].map(({ family, series }) => ({ ...family, series: [...series.values()] }));
}

/** The same for the same labels in any order. */
function labelsId(labels: Record<string, string>): string {
  return Object.keys(labels).toSorted().map((name) => `${name}=${JSON.stringify(labels[name])}`).join(",");
}

function added(one: Series, other: Series): Series {
  const sum: Series = { labels: one.labels };
  if (one.value !== undefined || other.value !== undefined) sum.value = (one.value ?? 0) + (other.value ?? 0);
  if (one.buckets || other.buckets) sum.buckets = addedBuckets(one.buckets ?? [], other.buckets ?? []);
  if (one.sum !== undefined || other.sum !== undefined) sum.sum = (one.sum ?? 0) + (other.sum ?? 0);
  if (one.exemplars || other.exemplars) sum.exemplars = newest(one.exemplars ?? [], other.exemplars ?? []);
  if (one.count !== undefined || other.count !== undefined) sum.count = (one.count ?? 0) + (other.count ?? 0);
  return sum;
}

function newest(one: NonNullable<Series["exemplars"]>, other: NonNullable<Series["exemplars"]>): NonNullable<Series["exemplars"]> {
  return Array.from({ length: Math.max(one.length, other.length) }, (_, index) => {
    const [first, second] = [one[index] ?? null, other[index] ?? null];
    return first !== null && (second === null || first.at >= second.at) ? first : second;
  });
}

/** All workers run one release, so that their buckets have the same bounds. */
function addedBuckets(one: NonNullable<Series["buckets"]>, other: NonNullable<Series["buckets"]>): NonNullable<Series["buckets"]> {
  const counts = new Map(other.map(([bound, count]) => [bound, count]));
  return one.length === 0 ? other : one.map(([bound, count]) => [bound, count + (counts.get(bound) ?? 0)]);
}
