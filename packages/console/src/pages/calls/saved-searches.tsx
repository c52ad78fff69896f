/** Searches kept under a name in this browser; whoever is sent the address has the same search. */
import { ActionIcon, Button, Popover, TextInput } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import classes from "./calls.module.css";
import { type CallsSearch, listOf, parseCallsSearch } from "./search.ts";

interface SavedSearch {
  name: string;
  search: CallsSearch;
}

const mostSaved = 50;

export function SavedSearches({ search }: { search: CallsSearch }) {
  const [saved, setSaved] = useSavedSearches();
  const [name, setName] = useState("");
  const [opened, setOpened] = useState(false);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "") return;
    setSaved([...saved.filter((one) => one.name !== wanted), { name: wanted, search: listOf(search) }].slice(-mostSaved));
    setName("");
  };
  return (
    <Popover position="bottom-end" opened={opened} onChange={setOpened} trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconBookmark size={15} stroke={1.6} />} onClick={() => setOpened(!opened)}>
          Saved
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes["saved"] ?? ""} aria-label="Saved searches">
        {saved.length === 0 ? <p className={classes["quiet"]}>No search is saved in this browser.</p> : null}
        {saved.map((one) => (
          <div key={one.name} className={classes["savedSearch"]}>
            <Link to="/calls" search={parseCallsSearch({ ...one.search })} onClick={() => setOpened(false)}>
              {one.name}
              <code>{one.search.q ?? "all calls"}</code>
            </Link>
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Forget ${one.name}`} onClick={() => setSaved(saved.filter((other) => other !== one))}>
              <IconTrash size={14} stroke={1.6} />
            </ActionIcon>
          </div>
        ))}
        <form onSubmit={save} className={classes["saveForm"]}>
          <TextInput aria-label="Name of this search" placeholder="Name of this search" value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={80} />
          <Button type="submit" disabled={name.trim() === ""}>
            Save
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

export function useSavedSearches(): [SavedSearch[], (saved: SavedSearch[]) => void] {
  const [saved, setSaved] = useLocalStorage<SavedSearch[]>({ key: "parley-saved-searches", defaultValue: [], getInitialValueInEffect: false });
  return [saved, setSaved];
}
