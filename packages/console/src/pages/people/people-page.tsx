/** Who may sign in, and as what? */
import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Person } from "@parley/contract/api/people";
import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { reading } from "../../api/queries.ts";
import { Chip } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { May } from "../../components/may.tsx";
import { When } from "../../components/now.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { AddPerson } from "./add-person.tsx";
import { LinkOnce, type NewLink } from "./link-once.tsx";
import { PersonActions } from "./person-actions.tsx";
import { RoleSelect } from "./role-select.tsx";

export function PeoplePage() {
  const people = useQuery(reading("listPeople"));
  const session = useQuery(reading("getSession"));
  const [adding, add] = useDisclosure(false);
  const [link, setLink] = useState<NewLink | null>(null);
  const me = session.data?.person.name;
  const columns: readonly Column<Person>[] = [
    { head: "Name", cell: (person) => <><bdi>{person.name}</bdi> {person.name === me ? <Chip>you</Chip> : null}</> },
    { head: "Role", cell: (person) => <RoleSelect person={person} /> },
    { head: "State", cell: (person) => <PersonState person={person} /> },
    { head: "Last seen", cell: (person) => (person.lastSeenAt ? <When at={person.lastSeenAt} /> : "never"), wideOnly: true },
    { head: "Added", cell: (person) => <When at={person.createdAt} />, wideOnly: true },
    { head: "", right: true, cell: (person) => <PersonActions person={person} onLink={setLink} /> },
  ];
  const addButton = (
    <May do="addPerson">
      {(disabled) => (
        <Button leftSection={<IconUserPlus size={14} />} disabled={disabled} onClick={add.open}>
          Add a person
        </Button>
      )}
    </May>
  );
  return (
    <Page title="People" actions={addButton}>
      {people.error ? <ProblemNotice error={people.error} onRetry={() => void people.refetch()} /> : null}
      {people.data || people.isLoading ? <DataTable label="People" columns={columns} rows={people.data?.items} rowKey={(person) => person.name} /> : null}
      <Modal opened={adding} onClose={add.close} title="Add a person">
        <AddPerson
          onClose={add.close}
          onLink={(made) => {
            add.close();
            setLink(made);
          }}
        />
      </Modal>
      <LinkOnce link={link} onClose={() => setLink(null)} />
    </Page>
  );
}

function PersonState({ person }: { person: Person }) {
  if (person.disabled) return <Chip meaning="warning">disabled</Chip>;
  return person.active ? <Chip meaning="ok">active</Chip> : <Chip>invited</Chip>;
}
