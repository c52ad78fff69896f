/** What is in the calls that the filter leaves: the commonest values of fields with their counts, to filter by or to leave out. */
import { Skeleton } from "@mantine/core";
import { type FieldName, fieldEntry } from "@parley/contract/query/fields";
import { IconMinus } from "@tabler/icons-react";
import type { Answer } from "../../api/types.ts";
import { countText } from "../../format/quantities.ts";
import { chosenValues, excluding, toggled } from "../../observe/query-terms.ts";
import classes from "./calls.module.css";

export type FacetAnswer = Answer<"callFacets">;

interface FacetsProps {
  facets: FacetAnswer | undefined;
  failed: boolean;
  query: string;
  onQuery: (query: string) => void;
}

export function Facets({ facets, failed, query, onQuery }: FacetsProps) {
  return (
    <aside className={classes["facets"]} aria-label="Facets">
      {facets ? facets.facets.map((facet) => <Facet key={facet.field} facet={facet} query={query} onQuery={onQuery} />) : failed ? <p className={classes["facetRest"]}>Not read</p> : <Skeleton height={180} />}
    </aside>
  );
}

function Facet({ facet, query, onQuery }: { facet: FacetAnswer["facets"][number]; query: string; onQuery: (query: string) => void }) {
  const field = facet.field as FieldName;
  if (facet.values.length === 0) return null;
  const chosen = chosenValues(query, field);
  return (
    <section className={classes["facet"]}>
      <h2 title={fieldEntry(field).about}>{field}</h2>
      {facet.values.map(({ value, calls }) => (
        <div key={value} className={classes["facetValue"]}>
          <button type="button" aria-pressed={chosen.includes(value)} onClick={() => onQuery(toggled(query, field, value))}>
            <span title={value} dir="auto">{value === "" ? <em>none</em> : value}</span>
            <small>{countText(calls)}</small>
          </button>
          <button type="button" className={classes["facetOut"]} aria-label={`Leave out ${field} ${value === "" ? "none" : value}`} title="Leave these out" onClick={() => onQuery(excluding(query, field, value))}>
            <IconMinus size={14} stroke={1.8} aria-hidden />
          </button>
        </div>
      ))}
      {facet.others > 0 ? <p className={classes["facetRest"]}>{countText(facet.others)} with other values</p> : null}
      {facet.absent > 0 ? <p className={classes["facetRest"]}>{countText(facet.absent)} without</p> : null}
    </section>
  );
}
