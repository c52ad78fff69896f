/**
 * A dense table. Each column says how it draws a row; the first one names it. Of many rows the first ones are drawn, the
 * others are a name or a click away: what a table costs does not depend on how much there is.
 */
import { Button, Skeleton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { memo, type ReactNode, useDeferredValue, useState } from "react";
import { countText } from "../format/quantities.ts";
import classes from "./data-table.module.css";
import { SortButton } from "./sort-button.tsx";
import { type Column, headDirection, type Sorting, turned, useShownRows } from "./table-rows.ts";

export type { Column } from "./table-rows.ts";

interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while they load. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  empty?: ReactNode;
  /** What rows are found by, once they are more than are drawn. */
  findBy?: (row: Row) => string;
}

const drawnAtOnce = 100;

export function DataTable<Row>({ label, columns, rows, rowKey, empty, findBy }: DataTableProps<Row>) {
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [wanted, setWanted] = useState("");
  const [most, setMost] = useState(drawnAtOnce);
  const found = useShownRows({ rows, columns, sorting: useDeferredValue(sorting), wanted: useDeferredValue(wanted), findBy });
  if (rows?.length === 0 && empty) return <>{empty}</>;
  const isLong = (rows?.length ?? 0) > drawnAtOnce;
  return (
    <>
      {isLong && findBy ? (
        <TextInput className={classes["find"] ?? ""} leftSection={<IconSearch size={15} stroke={1.6} aria-hidden />} aria-label={`Find in ${label}`} placeholder={`Find among ${countText(rows?.length ?? 0)}`} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
      ) : null}
      <div className={classes["frame"]} tabIndex={0} role="region" aria-label={label}>
        <table className={classes["table"]}>
          <Heads columns={columns} sorting={sorting} onSort={(head) => setSorting(turned(sorting, head))} />
          <tbody aria-busy={rows === undefined}>{found ? <Rows rows={found} most={most} columns={columns} rowKey={rowKey} /> : <SkeletonRows columns={columns.length} />}</tbody>
        </table>
      </div>
      {isLong && found ? <Rest shown={Math.min(most, found.length)} found={found.length} onMore={() => setMost(most + drawnAtOnce)} /> : null}
    </>
  );
}

function Heads<Row>({ columns, sorting, onSort }: { columns: readonly Column<Row>[]; sorting: Sorting | null; onSort: (head: string) => void }) {
  return (
    <thead>
      <tr>
        {columns.map(({ head, right, wideOnly, sortBy }) => (
          <th key={head} scope="col" data-right={right || undefined} data-wide-only={wideOnly || undefined} aria-sort={sortBy ? headDirection(sorting, head) : undefined}>
            {head === "" ? <span className="visually-hidden">Actions</span> : sortBy ? <SortButton head={head} onSort={() => onSort(head)} /> : head}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Rest({ shown, found, onMore }: { shown: number; found: number; onMore: () => void }) {
  return (
    <p className={classes["rest"]} role="status">
      {countText(shown)} of {countText(found)} shown
      {shown < found ? (
        <Button variant="default" size="compact-sm" onClick={onMore}>
          Show {countText(Math.min(drawnAtOnce, found - shown))} more
        </Button>
      ) : null}
    </p>
  );
}

interface RowsProps<Row> extends Pick<DataTableProps<Row>, "columns" | "rowKey"> {
  rows: readonly Row[];
  most: number;
}

/** Not drawn again for each letter that is typed into the field above. */
const Rows = memo(function Rows<Row>({ rows, most, columns, rowKey }: RowsProps<Row>) {
  return rows.slice(0, most).map((row) => <TableRow key={rowKey(row)} row={row} columns={columns} />);
}) as <Row>(props: RowsProps<Row>) => ReactNode;

function TableRow<Row>({ row, columns }: { row: Row; columns: readonly Column<Row>[] }) {
  return (
    <tr>
      {columns.map((column) => (
        <td key={column.head} data-right={column.right || undefined} data-wide-only={column.wideOnly || undefined}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

const skeletonRows = [0, 1, 2];

function SkeletonRows({ columns }: { columns: number }) {
  return skeletonRows.map((row) => (
    <tr key={row}>
      <td colSpan={columns}>
        <Skeleton height={12} width={`${70 - row * 15}%`} />
      </td>
    </tr>
  ));
}
