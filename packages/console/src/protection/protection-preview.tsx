/** What the calls of the last week would have met under a setting, and the button that turns it on; in file mode the YAML to paste. */
import { Button, Skeleton } from "@mantine/core";
import type { ReplayedOption } from "@parley/contract/api/conflict-advice";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { reading } from "../api/queries.ts";
import { CodeBlock } from "../components/code-block.tsx";
import { Facts } from "../components/facts.tsx";
import { May } from "../components/may.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { useToast } from "../components/toast.tsx";
import { countText, counted } from "../format/quantities.ts";
import { optionText } from "./option-text.ts";
import classes from "./protection.module.css";

interface PreviewProps {
  service: string;
  option: Pick<ReplayedOption, "mode" | "strategy"> & { current?: boolean };
}

export function ProtectionPreview({ service, option }: PreviewProps) {
  const { mode, strategy } = option;
  const preview = useQuery(reading("previewProtection", { path: { name: service }, query: { mode, strategy } }));
  if (preview.error) return <ProblemNotice error={preview.error} onRetry={() => void preview.refetch()} />;
  if (!preview.data) return <Skeleton height={120} />;
  const { writes, conditional, preconditionRequired, preconditionFailed, conflicts, counts } = preview.data;
  return (
    <section className={classes["preview"]} aria-label={`With ${optionText(option)}`}>
      <h3>With {optionText(option)}, last week would have met</h3>
      <Facts
        facts={[
          { name: "Writes done", value: `${countText(writes)}, of which ${countText(conditional)} said which state they were about` },
          { name: "428", value: `${counted(preconditionRequired, "write")} without a precondition would have been asked for one` },
          { name: "412", value: `${counted(preconditionFailed, "stale write")} would have been refused and explained` },
          { name: "Not lost", value: `${counted(counts.prevented + counts.merged, "update")} of ${counted(conflicts, "conflict")} on record${counts.merged > 0 ? `, ${countText(counts.merged)} of them by merging` : ""}` },
          counts.lost > 0 ? { name: "Still lost", value: counted(counts.lost, "update") } : null,
        ]}
      />
      {option.current ? <p className={classes["quiet"]}>This is what is set now.</p> : <TurnOn service={service} option={option} spec={preview.data.spec} yaml={preview.data.yaml} />}
    </section>
  );
}

interface TurnOnProps extends PreviewProps {
  spec: Record<string, unknown>;
  yaml: string;
}

function TurnOn({ service, option, spec, yaml }: TurnOnProps) {
  const session = useQuery(reading("getSession"));
  const client = useQueryClient();
  const toast = useToast();
  const turningOn = useMutation({
    mutationFn: async () => call("patchService", { path: { name: service }, body: spec, ifMatch: (await call("getService", { path: { name: service } })).etag }),
    onSuccess: () => {
      toast(`${service} is now in ${optionText(option)}.`);
      void client.invalidateQueries();
    },
  });
  if (session.data?.mode === "file") {
    return (
      <div className={classes["paste"]}>
        <p>Put this into the configuration file; it takes effect by itself.</p>
        <CodeBlock text={yaml} what="the YAML" />
      </div>
    );
  }
  return (
    <>
      <May do="patchService">
        {(disabled) => (
          <Button disabled={disabled} loading={turningOn.isPending} onClick={() => turningOn.mutate()}>
            Turn on {optionText(option)}
          </Button>
        )}
      </May>
      {turningOn.error ? <ProblemNotice error={turningOn.error} /> : null}
    </>
  );
}
