/** What can be done with a list of calls: its columns chosen, its calls taken along as a file, the search kept. */
import { Button, Checkbox, Menu, NativeSelect, Popover } from "@mantine/core";
import { IconColumns3, IconDownload } from "@tabler/icons-react";
import { addressOf } from "../../api/client.ts";
import { countText } from "../../format/quantities.ts";
import { boundsOf } from "../../observe/range.ts";
import { rangeOf } from "../../observe/search.ts";
import { type CallOrder, orderChoices, orderOf, orderText } from "./call-order.ts";
import classes from "./calls.module.css";
import { allColumns, type ColumnName, columnOf, usualColumns } from "./columns.tsx";
import type { CallsSearch } from "./search.ts";

interface ColumnMenuProps {
  columns: readonly ColumnName[];
  onChange: (columns: string | undefined) => void;
  order: CallOrder;
  onOrder: (order: CallOrder) => void;
}

export function ColumnMenu({ columns, onChange, order, onOrder }: ColumnMenuProps) {
  const toggle = (name: ColumnName) => {
    const wanted = columns.includes(name) ? columns.filter((one) => one !== name) : [...columns, name];
    const isUsual = wanted.length === usualColumns.length && usualColumns.every((one) => wanted.includes(one));
    if (wanted.length > 0) onChange(isUsual ? undefined : wanted.join(","));
  };
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={15} stroke={1.6} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes["columnMenu"] ?? ""} aria-label="Columns">
        <NativeSelect className={classes["orderField"] ?? ""} label="In which order" data={orderChoices} value={orderText(order)} onChange={(event) => onOrder(orderOf(event.currentTarget.value))} />
        {columns === usualColumns ? <p className={classes["quiet"]}>Where the list is narrow, Consumer, Model and Cost give way. Columns of your choice stay, and are scrolled to.</p> : null}
        {allColumns.map((name) => (
          <Checkbox key={name} size="xs" label={columnOf(name).head} checked={columns.includes(name)} onChange={() => toggle(name)} />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

const formats = [
  { format: "csv", label: "CSV", about: "for spreadsheets" },
  { format: "ndjson", label: "NDJSON", about: "a JSON record a line" },
  { format: "parquet", label: "Parquet", about: "for DuckDB, Spark, pandas" },
] as const;
const mostExported = 1_000_000;

export function ExportMenu({ search, calls }: { search: CallsSearch; calls: number | undefined }) {
  const bounds = boundsOf(rangeOf(search), Date.now());
  const address = (format: string) => addressOf("exportCalls", { query: { query: search.q, ...bounds, format, limit: mostExported } });
  const count = calls === undefined ? "The calls" : calls > mostExported ? `The newest ${countText(mostExported)} of ${countText(calls)} calls` : `${countText(calls)} calls`;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={15} stroke={1.6} />} disabled={calls === 0}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{count}, as</Menu.Label>
        {formats.map(({ format, label, about }) => (
          <Menu.Item key={format} component="a" href={address(format)} download>
            {label} <small className={classes["quiet"]}>{about}</small>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
