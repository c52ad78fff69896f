/** Step 2: an application, and its key. */
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { reading } from "../../api/queries.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { May } from "../../components/may.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { PasteDialog, yamlOfRefusal } from "../../editing/paste-dialog.tsx";
import { makeFirstKey } from "./make-first-key.ts";
import classes from "./start.module.css";
import { Step } from "./step.tsx";

export interface MadeKey {
  consumer: string;
  secret: string;
}

export function KeyStep({ made, onMade }: { made: MadeKey | null; onMade: (made: MadeKey) => void }) {
  const client = useQueryClient();
  const [typed, setName] = useState<string | null>(null);
  const consumers = useQuery(reading("listConsumers"));
  const name = typed ?? consumers.data?.items[0]?.name ?? "my-app";
  const making = useMutation({
    mutationFn: () => makeFirstKey(name, consumers.data?.items.some((consumer) => consumer.name === name) ?? false),
    onSuccess: async (secret) => {
      onMade({ consumer: name, secret });
      await client.invalidateQueries();
    },
  });
  const yaml = yamlOfRefusal(making.error);
  return (
    <Step number={2} title="Create a key for your application" done={made !== null}>
      {made ? (
        <>
          <p>
            <EntityLink kind="consumer" name={made.consumer} /> has a key. Copy it now if you need it elsewhere: only a hash is kept.
          </p>
          <p className={classes["secret"]}>
            <code>{made.secret}</code>
            <CopyButton text={made.secret} what="the key" />
          </p>
        </>
      ) : (
        <form
          className={classes["row"]}
          onSubmit={(event) => {
            event.preventDefault();
            making.mutate();
          }}
        >
          <TextInput aria-label="Name of the application" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <May do="createKey">
            {(disabled) => (
              <Button type="submit" loading={making.isPending} disabled={disabled}>
                Create the key
              </Button>
            )}
          </May>
        </form>
      )}
      {making.error && !yaml ? <ProblemNotice error={making.error} /> : null}
      <PasteDialog yaml={yaml} onClose={making.reset} />
    </Step>
  );
}
