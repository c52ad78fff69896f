/** A new OpenAPI document: from a file, pasted or from a URL; what it changes and for whom; and, once every breaking change is acknowledged, publishing it. */
import { Button, Checkbox, FileButton, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { type DocumentPlace, documentTag, proposeDocument, publishDocument } from "../../api/documents.ts";
import type { Column } from "../../components/data-table.tsx";
import { May } from "../../components/may.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { counted } from "../../format/quantities.ts";
import { type Change, ChangesTable, type Difference } from "./changes-table.tsx";
import classes from "./service-traffic.module.css";

/** What was compared with what; `difference` is null where there was nothing to compare with. */
interface Proposed {
  place: DocumentPlace;
  text: string;
  tag: string | null;
  difference: Difference | null;
}

export function PublishSection({ name, versions }: { name: string; versions: readonly string[] }) {
  const [version, setVersion] = useState<string | null>(versions.at(-1) ?? null);
  const [text, setText] = useState("");
  const comparing = useMutation({ mutationFn: () => compare({ service: name, version }, text) });
  const change = (next: string): void => {
    setText(next);
    comparing.reset();
  };
  return (
    <Section title="A new document" hint="OpenAPI 3.0 or 3.1. You see what it would change before anything is published.">
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          comparing.mutate();
        }}
      >
        <div className={classes["row"]}>
          {versions.length === 0 ? null : (
            <Select
              label="Version" data={[...versions]} allowDeselect={false} value={version} w={140}
              onChange={(value) => {
                setVersion(value);
                comparing.reset();
              }}
            />
          )}
          <FileButton accept=".json,.yaml,.yml,application/json,application/yaml" onChange={(file) => void file?.text().then(change)}>{(props) => <Button variant="default" {...props}>Take a file</Button>}</FileButton>
        </div>
        <FromUrl onText={change} />
        <Textarea label="The document" description="JSON or YAML" autosize minRows={4} maxRows={16} spellCheck={false} value={text} onChange={({ currentTarget }) => change(currentTarget.value)} />
        <div><Button type="submit" variant="default" loading={comparing.isPending} disabled={text.trim() === ""}>Show what it changes</Button></div>
      </form>
      {comparing.error ? <ProblemNotice error={comparing.error} /> : null}
      {comparing.data ? <Publishing key={`${comparing.submittedAt}`} proposed={comparing.data} /> : null}
    </Section>
  );
}

function FromUrl({ onText }: { onText: (text: string) => void }) {
  const [url, setUrl] = useState("");
  const fetching = useMutation({ mutationFn: () => call("fetchDocument", { body: { url } }), onSuccess: (answer) => onText(answer.text) });
  return (
    <>
      <div className={classes["row"]}>
        <TextInput className={classes["grow"] ?? ""} label="From a public URL" placeholder="https://api.example.com/openapi.json" value={url} onChange={({ currentTarget }) => setUrl(currentTarget.value)} />
        <May do="fetchDocument">{(disabled) => <Button variant="default" disabled={disabled || url === ""} loading={fetching.isPending} onClick={() => fetching.mutate()}>Fetch</Button>}</May>
      </div>
      {fetching.error ? <ProblemNotice error={fetching.error} /> : null}
    </>
  );
}

function Publishing({ proposed }: { proposed: Proposed }) {
  const { place, difference } = proposed;
  const [acknowledged, setAcknowledged] = useState<readonly string[]>([]);
  const client = useQueryClient();
  const publishing = useMutation({ mutationFn: () => publishDocument(place, proposed.text, { tag: proposed.tag, acknowledged }), onSuccess: () => client.invalidateQueries() });
  const breaking = difference?.changes.filter(({ severity }) => severity === "breaking") ?? [];
  const missing = breaking.filter(({ id }) => !acknowledged.includes(id)).length;
  const toggle = (id: string): void => setAcknowledged((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]));
  const column: Column<Change> = {
    head: "Meant",
    cell: ({ id, severity, message }) => (severity === "breaking" ? <Checkbox aria-label={`Meant: ${message}`} checked={acknowledged.includes(id)} onChange={() => toggle(id)} /> : null),
  };
  if (publishing.data) return <p role="status">Published, with {counted(publishing.data.operations, "operation")}. {publishing.data.warnings.length > 0 ? `${counted(publishing.data.warnings.length, "place")} of it calls are not held to.` : ""}</p>;
  return (
    <>
      {difference === null ? <p className={classes["quiet"]}>There is no document yet; this would be the first.</p> : <ChangesTable difference={difference} {...(breaking.length > 0 ? { first: column } : {})} />}
      <div className={classes["row"]}>
        {breaking.length > 1 ? <Checkbox label="All breaking changes are intended" checked={missing === 0} onChange={() => setAcknowledged(missing === 0 ? [] : breaking.map(({ id }) => id))} /> : null}
        <May do="putVersionDocument">{(disabled) => <Button disabled={disabled || missing > 0} loading={publishing.isPending} onClick={() => publishing.mutate()}>Publish</Button>}</May>
        {missing > 0 ? <span className={classes["quiet"]}>{counted(missing, "breaking change")} not acknowledged yet.</span> : null}
      </div>
      {publishing.error ? <ProblemNotice error={publishing.error} /> : null}
    </>
  );
}

async function compare(place: DocumentPlace, text: string): Promise<Proposed> {
  const tag = await documentTag(place);
  return { place, text, tag, difference: tag === null ? null : await proposeDocument(place, text) };
}
