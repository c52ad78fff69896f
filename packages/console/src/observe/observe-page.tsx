/** The frame of an Observe page: its name, and under it the filter and the range of time that all of them share. */
import { parseQuery } from "@parley/contract/query/parse";
import type { ReactNode } from "react";
import { EmptyState } from "../components/empty-state.tsx";
import { Page } from "../components/page.tsx";
import classes from "./observe.module.css";
import { QueryField } from "./query-field.tsx";
import { RangeMenu } from "./range-menu.tsx";
import { type ObserveSearch, rangeOf, withQuery, withRange } from "./search.ts";

interface ObservePageProps<Search extends ObserveSearch> {
  title: string;
  search: Search;
  onSearch: (search: Search) => void;
  aside?: ReactNode;
  actions?: ReactNode;
  /** A filter that fits the page, shown while there is none. */
  example?: string;
  /** False where the page shows this moment, and has no range. */
  ranged?: boolean;
  width?: "wide" | "full";
  children: ReactNode;
}

export function ObservePage<Search extends ObserveSearch>({ title, search, onSearch, aside, actions, example, ranged = true, width = "wide", children }: ObservePageProps<Search>) {
  return (
    <Page title={title} width={width} aside={askedQuery(search) === null ? null : aside} actions={actions} bar={
      <search className={classes["bar"]} aria-label="Filter and range">
        <QueryField {...(example === undefined ? {} : { example })} value={search.q ?? ""} onChange={(query) => onSearch(withQuery(search, query))} />
        {ranged ? <RangeMenu range={rangeOf(search)} onChange={(range) => onSearch(withRange(search, range))} /> : null}
      </search>
    }>
      {askedQuery(search) === null ? <EmptyState title="This filter cannot be read">Nothing is shown, because it would be other calls than those that were asked for. Correct the filter above.</EmptyState> : children}
    </Page>
  );
}

/** The filter as it can be asked for; null where the address has one that cannot be read, which the field says. */
export function askedQuery(search: ObserveSearch): string | null {
  const query = search.q ?? "";
  return parseQuery(query, 0).ok ? query : null;
}
