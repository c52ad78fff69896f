/** Deletes a thing, after asking, and only as it was seen (If-Match). */
import { ActionIcon, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Entity } from "@parley/contract/api/entities";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { OperationName } from "../api/types.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { May } from "../components/may.tsx";
import { useToast } from "../components/toast.tsx";
import type { EntityPort } from "./entity-port.ts";

interface RemoveButtonProps<Spec> {
  port: EntityPort<Spec>;
  entity: Entity<Spec>;
  readOnly: boolean;
  write: OperationName;
  onRemoved: () => void;
}

export function RemoveButton<Spec>({ port, entity, readOnly, write, onRemoved }: RemoveButtonProps<Spec>) {
  const [opened, dialog] = useDisclosure(false);
  const client = useQueryClient();
  const toast = useToast();
  const removing = useMutation({
    mutationFn: async () => port.remove?.(entity.name, entity.etag),
    onSuccess: () => {
      dialog.close();
      toast(`The ${port.word} ${entity.name} is deleted.`);
      onRemoved();
      void client.invalidateQueries();
    },
  });
  const label = `Delete this ${port.word}`;
  return (
    <>
      <May do={write}>
        {(disabled) => (
          <Tooltip label={label}>
            <ActionIcon variant="default" size={30} aria-label={label} disabled={disabled || readOnly} onClick={dialog.open}>
              <IconTrash size={15} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        )}
      </May>
      <ConfirmDialog opened={opened} onClose={dialog.close} title={`Delete ${entity.name}?`} verb={`Delete the ${port.word}`} busy={removing.isPending} error={removing.error} onConfirm={() => removing.mutate()}>
        Calls that need this {port.word} are refused from the next second on. The calls in the log stay.
      </ConfirmDialog>
    </>
  );
}
