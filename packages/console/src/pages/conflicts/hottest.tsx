/** Where conflicts come together: causes, services and the hottest resources of the range. Each is a term of the filter. */
import type { ConflictSummary } from "@parley/contract/api/conflicts";
import type { FieldName } from "@parley/contract/query/fields";
import type { ReactNode } from "react";
import { causeText } from "../../components/conflict-chips.tsx";
import { countText } from "../../format/quantities.ts";
import { toggled } from "../../observe/query-terms.ts";
import { withQuery } from "../../observe/search.ts";
import classes from "./conflicts.module.css";
import type { ConflictsSearch } from "./filter.ts";

interface HottestProps {
  summary: ConflictSummary;
  search: ConflictsSearch;
  onChange: (search: ConflictsSearch) => void;
}

export function Hottest({ summary, search, onChange }: HottestProps) {
  const choose = (field: FieldName, value: string) => withQuery(search, toggled(search.q ?? "", field, value));
  const causes = added(summary.kinds, ({ cause }) => cause);
  const services = added(summary.kinds, ({ service }) => service);
  return (
    <aside className={classes["hottest"]} aria-label="Of this range">
      <Ranking title="Causes" rows={causes.map(({ name, count }) => ({ name, label: causeText(name), count, choose: () => onChange(choose("cause", name)) }))} />
      {services.length > 1 ? <Ranking title="Services" rows={services.map(({ name, count }) => ({ name, label: name, count, choose: () => onChange(choose("service", name)) }))} /> : null}
      <Ranking
        title="Hottest resources"
        rows={summary.resources.slice(0, 6).map(({ service, resource, count }) => ({ name: `${service} ${resource}`, label: <code>{resource}</code>, count, choose: () => onChange(choose("path", resource)) }))}
      />
      {summary.isComplete ? null : <p className={classes["against"]}>Counted from the newest that fit; there are more.</p>}
    </aside>
  );
}

function added<Name extends string>(kinds: ConflictSummary["kinds"], nameOf: (kind: ConflictSummary["kinds"][number]) => Name): { name: Name; count: number }[] {
  const counts = new Map<Name, number>();
  for (const kind of kinds) counts.set(nameOf(kind), (counts.get(nameOf(kind)) ?? 0) + kind.count);
  return [...counts].map(([name, count]) => ({ name, count })).toSorted((one, other) => other.count - one.count);
}

interface RankingRow {
  name: string;
  label: ReactNode;
  count: number;
  choose: () => void;
}

function Ranking({ title, rows }: { title: string; rows: readonly RankingRow[] }) {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <section className={classes["ranking"]}>
      <h2>{title}</h2>
      <ul>
        {rows.map(({ name, label, count, choose }) => (
          <li key={name}>
            <button type="button" className={classes["rank"]} onClick={choose}>
              <span className={classes["rankLabel"]}>{label}</span>
              <span>{countText(count)}</span>
              <span className={classes["rankBar"]} aria-hidden>
                <span style={{ width: `${(count / most) * 100}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
