/** The filter. Every part of it is in the address. */
import { Autocomplete, Button, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { CallFilter } from "@parley/contract/api/calls";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { reading } from "../../api/queries.ts";
import { useShortcut } from "../../shell/shortcuts.tsx";
import classes from "./calls.module.css";
import { isStatusFilter } from "./filter.ts";

const statuses = [
  { value: "error", label: "Failed (400 and above)" },
  { value: "2xx", label: "2xx" },
  { value: "4xx", label: "4xx" },
  { value: "401", label: "401" },
  { value: "409", label: "409" },
  { value: "429", label: "429" },
  { value: "5xx", label: "5xx" },
];

interface FilterBarProps {
  filter: CallFilter;
  onChange: (filter: CallFilter) => void;
}

export function FilterBar({ filter, onChange }: FilterBarProps) {
  const services = useQuery(reading("listServices"));
  const consumers = useQuery(reading("listConsumers"));
  const set = (member: keyof CallFilter, value: string | null) => {
    const { [member]: _, ...rest } = filter;
    onChange(value ? ({ ...rest, [member]: value } as CallFilter) : rest);
  };
  const known = statuses.some((entry) => entry.value === filter.status);
  return (
    <search className={classes["filters"]} aria-label="Filter calls">
      <PathFilter value={filter.path ?? ""} onChange={(value) => set("path", value)} />
      <Select aria-label="Status" placeholder="Status" clearable data={known || !filter.status ? statuses : [...statuses, filter.status]} value={filter.status ?? null} onChange={(value) => set("status", value && isStatusFilter(value) ? value : null)} />
      <NameFilter label="Service" names={[...(services.data?.items ?? []).map((entry) => entry.name), "ai"]} value={filter.service} onChange={(value) => set("service", value)} />
      <NameFilter label="Consumer" names={(consumers.data?.items ?? []).map((entry) => entry.name)} value={filter.consumer} onChange={(value) => set("consumer", value)} />
      <NameFilter label="Model" names={[]} value={filter.model} onChange={(value) => set("model", value)} />
      {Object.keys(filter).length > 0 ? (
        <Button variant="subtle" color="gray" onClick={() => onChange({})}>
          Clear
        </Button>
      ) : null}
    </search>
  );
}

const typingMs = 250;

function PathFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useTyped(value, onChange);
  useShortcut("/", "Filter by path", () => field.current?.focus());
  return <TextInput ref={field} aria-label="Part of the path" placeholder="Part of the path" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />;
}

/** Also takes a name that is not in the list: calls outlive what they went to. */
function NameFilter({ label, names, value, onChange }: { label: string; names: string[]; value: string | undefined; onChange: (value: string) => void }) {
  const [typed, setTyped] = useTyped(value ?? "", onChange);
  return <Autocomplete aria-label={label} placeholder={label} data={[...new Set(names)]} value={typed} onChange={setTyped} />;
}

/** Follows the address, and changes it once typing pauses. */
function useTyped(value: string, onChange: (value: string) => void): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const tell = useDebouncedCallback(onChange, typingMs);
  return [
    typed,
    (next) => {
      setTyped(next);
      tell(next);
    },
  ];
}
