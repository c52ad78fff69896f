/** No conflict here: because of the filter, because nothing happened, or because nothing is looked at. Says which, and what to do. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { counted } from "../../format/quantities.ts";
import { rangeText } from "../../observe/range.ts";
import { rangeOf, withQuery, withRange } from "../../observe/search.ts";
import classes from "./conflicts.module.css";
import type { ConflictsSearch } from "./filter.ts";

const widest = "30d";

export function ConflictsEmpty({ search, onChange }: { search: ConflictsSearch; onChange: (search: ConflictsSearch) => void }) {
  const guarantees = useQuery(reading("listGuarantees"));
  const range = rangeOf(search);
  const isWide = range.kind === "last" && range.span === widest;
  const widen = search.tab === "potential" || isWide ? null : <Button variant="default" onClick={() => onChange(withRange(search, { kind: "last", span: widest }))}>Look at the last 30 days</Button>;
  if (search.q !== undefined) {
    const clear = <Button variant="default" onClick={() => onChange(withQuery(search, ""))}>Show without the filter</Button>;
    return (
      <EmptyState title="No conflict matches this filter" action={<div className={classes["widen"]}>{clear}{widen}</div>}>
        {search.tab === "potential" ? "At this moment." : `${rangeText(range)}.`} New matching conflicts appear here.
      </EmptyState>
    );
  }
  const items = guarantees.data?.items ?? [];
  const watched = items.filter(({ mode }) => mode === "observe");
  const guarded = items.filter(({ mode }) => mode === "enforce" || mode === "require");
  const [first] = watched;
  if (guarantees.data && watched.length + guarded.length === 0) {
    return (
      <EmptyState title="There is no service yet" action={<LinkButton to="/new/service">Add a service</LinkButton>}>
        Parley observes every published service and finds lost updates without changing a byte of its traffic.
      </EmptyState>
    );
  }
  const protect = first ? <LinkButton to="/services/$name" params={{ name: first.service }} hash="protection">See what protecting {first.service} would do</LinkButton> : null;
  return (
    <EmptyState title={titles[search.tab ?? "all"]} action={<div className={classes["widen"]}>{protect}{widen}</div>}>
      {counted(watched.length, "service")} observed, {counted(guarded.length, "service")} protected. Conflicts appear here within seconds.
    </EmptyState>
  );
}

const titles = {
  all: "No conflicts",
  potential: "Nobody is editing the same thing as somebody else right now",
  lost: "No update was lost",
  prevented: "No conflict had to be prevented",
  merged: "Nothing was merged",
  explained: "No upstream refused a write because of a conflict",
} as const;
