/** Saying that nobody writes past the gateway any more, which restores what the service claims. */
import type { ShownBypass } from "@parley/contract/api/bypasses";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { useToast } from "../../components/toast.tsx";

export function AcknowledgeDialog({ bypass, onClose }: { bypass: ShownBypass | null; onClose: () => void }) {
  const client = useQueryClient();
  const toast = useToast();
  const forgetting = useMutation({
    mutationFn: async ({ service, etag }: ShownBypass) => call("forgetBypass", { path: { service }, ifMatch: etag }),
    onSuccess: (_, { service }) => {
      toast(`${service} claims again what it did before. The next write past the gateway lowers it anew.`);
      onClose();
      void client.invalidateQueries({ queryKey: ["listBypasses"] });
      void client.invalidateQueries({ queryKey: ["listGuarantees"] });
    },
  });
  const close = () => {
    forgetting.reset();
    onClose();
  };
  return (
    <ConfirmDialog opened={bypass !== null} onClose={close} title={`Does nobody write past the gateway to ${bypass?.service ?? ""} any more?`} verb="Nobody does" busy={forgetting.isPending} error={forgetting.error} onConfirm={() => bypass && forgetting.mutate(bypass)}>
      Within seconds the service claims again what it did before, and its users rely on it. It is noted in the audit under your name.
    </ConfirmDialog>
  );
}
