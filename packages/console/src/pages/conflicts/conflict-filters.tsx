/** The filter. Every part of it is in the address. */
import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type ConflictCause, conflictCauses } from "@parley/contract/conflicts/cause";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { reading } from "../../api/queries.ts";
import { causeText } from "../../components/conflict-chips.tsx";
import classes from "./conflicts.module.css";
import type { ConflictsSearch } from "./filter.ts";

const causes = conflictCauses.map((cause) => ({ value: cause, label: causeText(cause) }));
const typingMs = 250;

interface ConflictFiltersProps {
  search: ConflictsSearch;
  onChange: (search: ConflictsSearch) => void;
}

export function ConflictFilters({ search, onChange }: ConflictFiltersProps) {
  const services = useQuery(reading("listServices"));
  const { tab, ...filter } = search;
  const set = (member: "service" | "cause" | "consumer" | "resource", value: string | null) => {
    const { [member]: _, ...rest } = search;
    onChange(value ? { ...rest, [member]: value as ConflictCause } : rest);
  };
  const names = new Set([...(services.data?.items ?? []).map(({ name }) => name), ...(search.service ? [search.service] : [])]);
  return (
    <search className={classes["filters"]} aria-label="Filter conflicts">
      <Select aria-label="Service" placeholder="Service" clearable data={[...names]} value={search.service ?? null} onChange={(value) => set("service", value)} />
      <Select aria-label="Cause" placeholder="Cause" clearable data={causes} value={search.cause ?? null} onChange={(value) => set("cause", value)} />
      <TypedFilter label="Who took part" value={search.consumer ?? ""} onChange={(value) => set("consumer", value)} />
      <TypedFilter label="Resource, such as /notes/7" value={search.resource ?? ""} onChange={(value) => set("resource", value)} />
      {Object.keys(filter).length > 0 ? (
        <Button variant="subtle" color="gray" onClick={() => onChange(tab ? { tab } : {})}>
          Clear
        </Button>
      ) : null}
    </search>
  );
}

/** Follows the address, and changes it once typing pauses. */
function TypedFilter({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const tell = useDebouncedCallback(onChange, typingMs);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}
