/** Ends a key, after asking. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Key } from "@parley/contract/api/entities";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { May } from "../../components/may.tsx";
import { When } from "../../components/now.tsx";
import { useToast } from "../../components/toast.tsx";

export function RevokeKey({ consumerKey: key }: { consumerKey: Key }) {
  const [opened, dialog] = useDisclosure(false);
  const client = useQueryClient();
  const toast = useToast();
  const revoking = useMutation({
    mutationFn: () => call("revokeKey", { path: { name: key.consumer, id: key.id }, ifMatch: key.etag }),
    onSuccess: async () => {
      dialog.close();
      toast(`The key ${key.name} is revoked.`);
      await client.invalidateQueries();
    },
  });
  return (
    <>
      <May do="revokeKey">
        {(disabled) => (
          <Button variant="subtle" color="danger" disabled={disabled} onClick={dialog.open} aria-label={`Revoke the key ${key.name}`}>
            Revoke
          </Button>
        )}
      </May>
      <ConfirmDialog opened={opened} onClose={dialog.close} title={`Revoke ${key.name}?`} verb="Revoke the key" busy={revoking.isPending} error={revoking.error} onConfirm={() => revoking.mutate()}>
        Calls with this key are refused within a second, with 401. It was last used {key.lastUsedAt ? <When at={key.lastUsedAt} /> : "never"}. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}
