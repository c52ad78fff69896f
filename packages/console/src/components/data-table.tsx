/** A dense table of a bounded number of rows. Each column says how it draws a row; the first one names it. */
import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./data-table.module.css";

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  right?: boolean;
  /** Left out where the window is narrow. */
  wideOnly?: boolean;
}

interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while they load. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  empty?: ReactNode;
}

export function DataTable<Row>({ label, columns, rows, rowKey, empty }: DataTableProps<Row>) {
  if (rows?.length === 0 && empty) return <>{empty}</>;
  return (
    <div className={classes["frame"]} tabIndex={0} role="region" aria-label={label}>
      <table className={classes["table"]}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" data-right={column.right || undefined} data-wide-only={column.wideOnly || undefined}>
                {column.head === "" ? <span className="visually-hidden">Actions</span> : column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody aria-busy={rows === undefined}>{rows ? rows.map((row) => <TableRow key={rowKey(row)} row={row} columns={columns} />) : <SkeletonRows columns={columns.length} />}</tbody>
      </table>
    </div>
  );
}

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
