/** One kept version: to look at, and to bring back. */
import { Button, Modal, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { CodeBlock } from "../../components/code-block.tsx";
import { May } from "../../components/may.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { useToast } from "../../components/toast.tsx";
import { sizeText } from "../../format/quantities.ts";
import classes from "./history.module.css";

interface VersionDialogProps {
  service: string;
  resource: string;
  revision: number;
  /** Of the history as it is on the screen. */
  etag: string;
  onClose: () => void;
}

export function VersionDialog({ service, resource, revision, etag, onClose }: VersionDialogProps) {
  const version = useQuery(reading("getVersion", { query: { service, resource, revision } }));
  const client = useQueryClient();
  const toast = useToast();
  const restoring = useMutation({
    mutationFn: async () => call("restoreVersion", { body: { service, resource, revision }, ifMatch: etag }),
    onSuccess: () => {
      toast(`Revision ${revision} of ${resource} is there again.`);
      onClose();
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ["getHistory"] }),
  });
  return (
    <Modal opened onClose={onClose} size={680} title={`Revision ${revision} of ${resource}`}>
      <div className={classes["dialog"]}>
        {version.isLoading ? <Skeleton height={120} /> : null}
        {version.error ? <ProblemNotice error={version.error} /> : null}
        {version.data ? <VersionBody contentType={version.data.contentType} bytes={version.data.bytes} body={version.data.body} /> : null}
        {restoring.error ? <ProblemNotice error={restoring.error} /> : null}
        <p className={classes["quiet"]}>Restoring is a PUT through the gateway with the service's own credentials, guarded and recorded like any other write. What it overwrites is stored, too.</p>
        <div className={classes["actions"]}>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <May do="restoreVersion">
            {(disabled) => (
              <Button disabled={disabled || !version.data} loading={restoring.isPending} onClick={() => restoring.mutate()}>
                Bring it back
              </Button>
            )}
          </May>
        </div>
      </div>
    </Modal>
  );
}

function VersionBody({ contentType, bytes, body }: { contentType: string; bytes: number; body: string | null }) {
  return (
    <>
      <p className={classes["quiet"]}>
        {contentType}, {sizeText(bytes)}
      </p>
      {body === null ? <p className={classes["quiet"]}>It is not shown: it is not text, or bodies may not be shown.</p> : <CodeBlock text={pretty(body)} what="the version's body" />}
    </>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
