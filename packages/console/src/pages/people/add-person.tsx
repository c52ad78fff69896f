/** Adds a person; what comes back is the link that lets them in. */
import { Button, Select, TextInput } from "@mantine/core";
import type { Role } from "@parley/contract/api/operation";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import dialog from "../../components/dialog.module.css";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import type { NewLink } from "./link-once.tsx";
import { roles } from "./roles.ts";

export function AddPerson({ onClose, onLink }: { onClose: () => void; onLink: (link: NewLink) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const adding = useMutation({
    mutationFn: () => call("addPerson", { body: { name, role } }),
    onSuccess: async ({ person, link }) => {
      onLink({ name: person.name, ...link });
      await client.invalidateQueries();
    },
  });
  return (
    <form
      className={dialog["body"]}
      onSubmit={(event) => {
        event.preventDefault();
        adding.mutate();
      }}
    >
      <TextInput label="Name" description="The name or e-mail address they sign in with." data-autofocus required value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Select label="Role" data={roles.map((entry) => ({ ...entry }))} allowDeselect={false} value={role} onChange={(value) => setRole((value ?? "editor") as Role)} />
      {adding.error ? <ProblemNotice error={adding.error} /> : null}
      <div className={dialog["actions"]}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={adding.isPending}>
          Add, and make a link
        </Button>
      </div>
    </form>
  );
}
