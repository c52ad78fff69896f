/** Which rows of a table there are to see, and in which order. */
import { type ReactNode, useMemo } from "react";

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  right?: boolean;
  /** Left out where the window is narrow. */
  wideOnly?: boolean;
  /** What the rows are put in order by when somebody presses the head. */
  sortBy?: (row: Row) => string | number;
}

export interface Sorting {
  head: string;
  descending: boolean;
}

/** One press sorts upwards, the next downwards, the third gives back the table's own order. */
export function turned(sorting: Sorting | null, head: string): Sorting | null {
  if (sorting?.head !== head) return { head, descending: false };
  return sorting.descending ? null : { head, descending: true };
}

export function headDirection(sorting: Sorting | null, head: string): "ascending" | "descending" | "none" {
  if (sorting?.head !== head) return "none";
  return sorting.descending ? "descending" : "ascending";
}

interface Choice<Row> {
  rows: readonly Row[] | undefined;
  columns: readonly Column<Row>[];
  sorting: Sorting | null;
  wanted: string;
  findBy: ((row: Row) => string) | undefined;
}

export function useShownRows<Row>({ rows, columns, sorting, wanted, findBy }: Choice<Row>): readonly Row[] | undefined {
  const sortBy = columns.find(({ head }) => head === sorting?.head)?.sortBy;
  const descending = sorting?.descending ?? false;
  return useMemo(() => {
    const word = wanted.trim().toLowerCase();
    const found = word === "" || !findBy ? rows : rows?.filter((row) => findBy(row).toLowerCase().includes(word));
    return found && sortBy ? inOrder(found, sortBy, descending) : found;
  }, [rows, wanted, findBy, sortBy, descending]);
}

/** Numbers by their size, names as people count: notes-9 before notes-10. */
export function inOrder<Row>(rows: readonly Row[], sortBy: (row: Row) => string | number, descending: boolean): Row[] {
  const direction = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, by: sortBy(row) }))
    .toSorted((left, right) => direction * compare(left.by, right.by))
    .map(({ row }) => row);
}

const names = new Intl.Collator("en", { numeric: true });

function compare(left: string | number, right: string | number): number {
  return typeof left === "number" && typeof right === "number" ? left - right : names.compare(String(left), String(right));
}
