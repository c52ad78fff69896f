/** Which operation of the service's document is tried: choosing one fills the call in, with the document's own examples where it has some. */
import { Select } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { refusedState } from "./try-fields.ts";
import type { VersionState } from "./timeline.ts";
import classes from "./service-traffic.module.css";

export type Operation = Answer<"listServiceOperations">["items"][number];

/** A list that draws more of them at once is slow to open; the rest is found by typing. */
const mostShown = 100;
/** Documents change seldom, and reading a large one takes its time. */
const staleTime = 60_000;

export function OperationPicker({ name, versions, onPick }: { name: string; versions: readonly VersionState[]; onPick: (operation: Operation) => void }) {
  const [asked, setAsked] = useState<string | null>(null);
  const [picked, setPicked] = useState<Operation | null>(null);
  const query = asked === null ? {} : { version: asked };
  const listed = useQuery({ ...reading("listServiceOperations", { path: { name }, query }), staleTime });
  const { items = [], version = null, documented = false, truncated = false } = listed.data ?? {};
  const operations = items.filter(({ method }) => method !== "TRACE");
  const picking = useMutation({
    mutationFn: async (operation: Operation) => {
      if (!truncated || operation.example.body !== null) return operation;
      const alone = await call("listServiceOperations", { path: { name }, query: { ...query, operation: operation.id } });
      return alone.items[0] ?? operation;
    },
    onSuccess: (operation) => {
      setPicked(operation);
      onPick(operation);
    },
  });
  if (listed.error) return <ProblemNotice error={listed.error} />;
  if (!documented && versions.length < 2) return null;
  const choose = (version: string | null): void => {
    setPicked(null);
    setAsked(version);
  };
  const state = refusedState(versions.find((each) => each.name === (asked ?? version)));
  return (
    <>
      <div className={classes["row"]}>
        {versions.length > 1 ? <Select label="Version to try" w={160} data={versions.map((each) => ({ value: each.name, label: each.status === "published" ? each.name : `${each.name} (${each.status})` }))} allowDeselect={false} value={asked ?? version} onChange={choose} /> : null}
        <Select
          className={classes["grow"] ?? ""} label="Operation" placeholder={documented ? "Choose one to fill the call in" : "The version has no OpenAPI document"} disabled={!documented} searchable limit={mostShown}
          data={operations.map(({ method, path, summary, deprecated }, index) => ({ value: String(index), label: `${method} ${path}${summary === "" ? "" : ` — ${summary}`}${deprecated ? " (deprecated)" : ""}` }))}
          value={picked === null ? null : String(operations.findIndex(({ id }) => id === picked.id))}
          onChange={(value) => {
            const operation = value === null ? undefined : operations[Number(value)];
            if (operation) picking.mutate(operation);
          }}
        />
      </div>
      {state === null ? null : <p className={classes["quiet"]}>{state}</p>}
      {picking.error ? <ProblemNotice error={picking.error} /> : null}
      {picked ? <Optional parameters={picked.parameters.filter(({ required, in: where }) => !required && where !== "path")} /> : null}
    </>
  );
}

function Optional({ parameters }: { parameters: Operation["parameters"] }) {
  if (parameters.length === 0) return null;
  return <p className={classes["quiet"]}>{`May also have ${parameters.map(({ in: where, name, example }) => `${where} ${name}${example === "" ? "" : ` (${example})`}`).join(", ")}.`}</p>;
}
