/** Searches kept under a name, each person's own; whoever is sent the address has the same search. */
import { ActionIcon, Button, Popover, TextInput } from "@mantine/core";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { call } from "../../api/client.ts";
import { shownProblem } from "../../api/problem-error.ts";
import { reading } from "../../api/queries.ts";
import { useToast } from "../../components/toast.tsx";
import classes from "./calls.module.css";
import { type CallsSearch, listOf, parseCallsSearch } from "./search.ts";

export function SavedSearches({ search }: { search: CallsSearch }) {
  const [name, setName] = useState("");
  const [opened, setOpened] = useState(false);
  const searches = useQuery({ ...reading("listSearches"), enabled: opened });
  const saved = searches.data?.items ?? [];
  const change = useChange();
  const wanted = name.trim();
  const known = saved.find((one) => one.name === wanted);
  const isStep = /^\.{1,2}$/.test(wanted);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === "" || isStep) return;
    const put = () => call("putSearch", { path: { name: wanted }, body: { search: textsOf(listOf(search)) }, ifMatch: known?.etag ?? null });
    change.mutate(put, { onSuccess: () => setName("") });
  };
  return (
    <Popover position="bottom-end" opened={opened} onChange={setOpened} trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconBookmark size={15} stroke={1.6} />} onClick={() => setOpened(!opened)}>
          Saved
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes["saved"] ?? ""}>
        {searches.data && saved.length === 0 ? <p className={classes["quiet"]}>You have no saved search yet.</p> : null}
        {saved.map((one) => (
          <div key={one.name} className={classes["savedSearch"]}>
            <Link to="/calls" search={parseCallsSearch({ ...one.search })} onClick={() => setOpened(false)}>
              {one.name}
              <code>{one.search["q"] ?? "all calls"}</code>
            </Link>
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Forget ${one.name}`} onClick={() => change.mutate(() => call("deleteSearch", { path: { name: one.name }, ifMatch: one.etag }))}>
              <IconTrash size={14} stroke={1.6} />
            </ActionIcon>
          </div>
        ))}
        <form onSubmit={save} className={classes["saveForm"]}>
          <TextInput aria-label="Name of this search" placeholder="Name of this search" value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={80} error={isStep ? "Dots alone are a step in an address, and no name." : null} />
          <Button type="submit" disabled={wanted === "" || isStep} loading={change.isPending}>
            {known ? "Replace" : "Save"}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** A save or a removal; whatever comes of it, what is shown afterwards is what is there. */
function useChange() {
  const client = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onError: (error) => toast(`${shownProblem(error).title}: ${shownProblem(error).detail}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["listSearches"] }),
  });
}

function textsOf(search: CallsSearch): Record<string, string> {
  return Object.fromEntries(Object.entries(search).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}
