/** Step 1: somebody has to answer. The sandbox does it without a key and without a network. */
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { LinkButton } from "../../components/link-button.tsx";
import { call } from "../../api/client.ts";
import { isProblem } from "../../api/problem-error.ts";
import { reading } from "../../api/queries.ts";
import { EntityLink } from "../../components/entity-link.tsx";
import { May } from "../../components/may.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { PasteDialog, yamlOfRefusal } from "../../editing/paste-dialog.tsx";
import classes from "./start.module.css";
import { Step } from "./step.tsx";

export function ProviderStep() {
  const providers = useQuery(reading("listProviders"));
  const sandbox = useAddSandbox();
  const configured = providers.data?.items ?? [];
  const hasSandbox = configured.some((entry) => (entry.spec.kind ?? entry.name) === "sandbox");
  const yaml = yamlOfRefusal(sandbox.error);
  return (
    <Step number={1} title="Choose a provider" done={configured.length > 0}>
      {configured.length > 0 ? (
        <p className={classes["names"]}>
          {configured.map((entry) => (
            <EntityLink key={entry.name} kind="provider" name={entry.name} />
          ))}
        </p>
      ) : (
        <p>The sandbox answers with what you said, deterministically. It needs no key and no network.</p>
      )}
      <div className={classes["row"]}>
        {hasSandbox ? null : (
          <May do="putProvider">
            {(disabled) => (
              <Button variant={configured.length > 0 ? "default" : "filled"} disabled={disabled || !providers.data} loading={sandbox.isPending} onClick={() => sandbox.mutate()}>
                Use the sandbox
              </Button>
            )}
          </May>
        )}
        <LinkButton variant="default" to="/new/provider">
          Add a provider with your key
        </LinkButton>
      </div>
      {(sandbox.error && !yaml) || providers.error ? <ProblemNotice error={sandbox.error ?? providers.error} /> : null}
      <PasteDialog yaml={yaml} onClose={sandbox.reset} />
    </Step>
  );
}

function useAddSandbox() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      try {
        await call("putProvider", { path: { name: "sandbox" }, body: { spec: { kind: "sandbox" } }, ifMatch: null });
      } catch (error) {
        // Somebody else was as quick; what is wanted is there.
        if (!isProblem(error, "exists") && !isProblem(error, "precondition-failed")) throw error;
      }
    },
    onSuccess: () => client.invalidateQueries(),
  });
}
