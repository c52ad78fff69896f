/** What stands above the list of calls: whether it is live, what is shown of it, and where else it can be taken. */
import { Button } from "@mantine/core";
import { IconLayoutSidebar, IconRefresh } from "@tabler/icons-react";
import { LinkButton } from "../../components/link-button.tsx";
import { rangeOf, sharedOf } from "../../observe/search.ts";
import type { CallList, CallListState } from "./call-list.ts";
import { type CallOrder, isUsual } from "./call-order.ts";
import classes from "./calls.module.css";
import type { ColumnName } from "./columns.tsx";
import { ColumnMenu, ExportMenu } from "./list-menus.tsx";
import { LiveControl } from "./live-control.tsx";
import { SavedSearches } from "./saved-searches.tsx";
import type { CallsSearch } from "./search.ts";

interface CallsToolsProps {
  list: CallList;
  state: CallListState;
  search: CallsSearch;
  onSearch: (search: CallsSearch) => void;
  /** How many calls match, once it is known. */
  calls: number | undefined;
  columns: readonly ColumnName[];
  order: CallOrder;
  onOrder: (order: CallOrder) => void;
  paused: boolean;
  onPause: (paused: boolean) => void;
  hasFacets: boolean;
  onFacets: (wanted: boolean) => void;
}

export function CallsTools({ list, state, search, onSearch, calls, columns, order, onOrder, paused, onPause, hasFacets, onFacets }: CallsToolsProps) {
  const chooseColumns = (text: string | undefined) => {
    const { columns: _, ...rest } = search;
    onSearch(text === undefined ? rest : { ...rest, columns: text });
  };
  const goesOn = rangeOf(search).kind === "last";
  return (
    <div className={classes["tools"]}>
      {goesOn && isUsual(order) ? <LiveControl state={state} paused={paused} onPause={onPause} /> : null}
      {goesOn && !isUsual(order) ? (
        <Button variant="default" leftSection={<IconRefresh size={15} stroke={1.6} />} onClick={() => void list.refresh()}>
          Read again
        </Button>
      ) : null}
      <Button variant="default" leftSection={<IconLayoutSidebar size={15} stroke={1.6} />} aria-pressed={hasFacets} onClick={() => onFacets(!hasFacets)}>
        Facets
      </Button>
      <ColumnMenu columns={columns} onChange={chooseColumns} order={order} onOrder={onOrder} />
      <SavedSearches search={search} />
      <ExportMenu search={search} calls={calls} />
      <LinkButton variant="default" to="/analysis" search={sharedOf(search)}>
        Analyse
      </LinkButton>
    </div>
  );
}
