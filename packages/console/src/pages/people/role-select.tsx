/** A person's role, changed where it stands. */
import { Select } from "@mantine/core";
import type { Role } from "@parley/contract/api/operation";
import type { Person } from "@parley/contract/api/people";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { shownProblem } from "../../api/problem-error.ts";
import { useToast } from "../../components/toast.tsx";

export function RoleSelect({ person }: { person: Person }) {
  const client = useQueryClient();
  const toast = useToast();
  const changing = useMutation({
    mutationFn: (role: Role) => call("changePerson", { path: { name: person.name }, body: { role }, ifMatch: person.etag }),
    onSuccess: (changed) => toast(`${changed.name} is ${changed.role} now.`),
    onSettled: () => client.invalidateQueries(),
  });
  const fault = changing.error ? shownProblem(changing.error).detail : null;
  return <Select aria-label={`Role of ${person.name}`} w={104} data={["owner", "editor", "viewer"]} allowDeselect={false} value={person.role} disabled={changing.isPending} error={fault} onChange={(role) => role && role !== person.role && changing.mutate(role as Role)} />;
}
