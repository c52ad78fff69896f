/** What can be done with a person: a new link, disabling, removing. */
import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Person } from "@parley/contract/api/people";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { shownProblem } from "../../api/problem-error.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { useToast } from "../../components/toast.tsx";
import type { NewLink } from "./link-once.tsx";

export function PersonActions({ person, onLink }: { person: Person; onLink: (link: NewLink) => void }) {
  const [opened, dialog] = useDisclosure(false);
  const { renew, toggle, remove } = usePersonChanges(person, onLink, dialog.close);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={28} aria-label={`What can be done with ${person.name}`}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => renew.mutate()}>New sign-in link</Menu.Item>
          <Menu.Item onClick={() => toggle.mutate()}>{person.disabled ? "Enable" : "Disable, and end their sessions"}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="danger" onClick={dialog.open}>
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog opened={opened} onClose={dialog.close} title={`Remove ${person.name}?`} verb="Remove the person" busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate()}>
        They are signed out at once and cannot sign in any more. What they did stays in the audit.
      </ConfirmDialog>
    </>
  );
}

function usePersonChanges(person: Person, onLink: (link: NewLink) => void, onRemoved: () => void) {
  const client = useQueryClient();
  const toast = useToast();
  const path = { name: person.name };
  const onSettled = () => client.invalidateQueries();
  const onError = (error: unknown) => toast(shownProblem(error).detail);
  const renew = useMutation({ mutationFn: () => call("renewLink", { path }), onSuccess: (link) => onLink({ ...path, ...link }), onError, onSettled });
  const toggle = useMutation({
    mutationFn: () => call("changePerson", { path, body: { disabled: !person.disabled }, ifMatch: person.etag }),
    onSuccess: (changed) => toast(`${changed.name} is ${changed.disabled ? "disabled" : "enabled"} now.`),
    onError,
    onSettled,
  });
  const remove = useMutation({ mutationFn: () => call("removePerson", { path, ifMatch: person.etag }), onSuccess: onRemoved, onSettled });
  return { renew, toggle, remove };
}
