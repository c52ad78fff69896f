/** What explains this? The calls of a filter and a range: grouped, over latency, against the range before, by conflict, version and cost. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { ChoiceBar } from "../../components/choice-bar.tsx";
import { useNow } from "../../components/now.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { askedQuery, ObservePage } from "../../observe/observe-page.tsx";
import { boundsOf } from "../../observe/range.ts";
import { rangeOf, sharedOf } from "../../observe/search.ts";
import { ChangesView } from "./changes-view.tsx";
import { ConflictsView } from "./conflicts-view.tsx";
import { CostView } from "./cost-view.tsx";
import { GroupsView } from "./groups-view.tsx";
import { HeatMapView } from "./heat-map-view.tsx";
import { type AnalysisSearch, type View, views } from "./search.ts";
import { VersionsView } from "./versions-view.tsx";
import type { ViewProps } from "./view-props.ts";

const shown: Readonly<Record<View, { label: string; content: ComponentType<ViewProps> }>> = {
  groups: { label: "Groups", content: GroupsView },
  heatmap: { label: "Heat map", content: HeatMapView },
  changes: { label: "What changed?", content: ChangesView },
  conflicts: { label: "Conflicts", content: ConflictsView },
  versions: { label: "Versions", content: VersionsView },
  cost: { label: "Cost", content: CostView },
};

export function AnalysisPage() {
  const search = useSearch({ from: "/shell/analysis" });
  const navigate = useNavigate({ from: "/analysis" });
  const onSearch = (next: AnalysisSearch) => void navigate({ search: next });
  const bounds = boundsOf(rangeOf(search), useNow());
  const view = search.view ?? "groups";
  const Content = shown[view].content;
  const choose = (next: string) => {
    const { view: _, by: __, measure: ___, selection: ____, ...rest } = search;
    onSearch(next === "groups" ? rest : { ...rest, view: next as View });
  };
  const onwards = (
    <>
      <LinkButton variant="default" to="/new/alert" search={search.q === undefined ? {} : { query: search.q }}>
        Alert on them
      </LinkButton>
      <LinkButton variant="default" to="/calls" search={sharedOf(search)}>
        These calls
      </LinkButton>
    </>
  );
  return (
    <ObservePage title="Analysis" search={search} onSearch={onSearch} actions={onwards}>
      <ChoiceBar label="View" value={view} onChange={choose} data={views.map((name) => ({ value: name, label: shown[name].label }))} />
      <Content search={search} onSearch={onSearch} asked={{ query: askedQuery(search) ?? "", ...bounds }} />
    </ObservePage>
  );
}
