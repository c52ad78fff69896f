/** The editor itself, once what is there is known. */
import { Button, TextInput } from "@mantine/core";
import type { Entity } from "@parley/contract/api/entities";
import { useBlocker } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, type Ref, useRef, useState } from "react";
import { problemsByPointer, shownProblem } from "../api/problem-error.ts";
import type { OperationName } from "../api/types.ts";
import { May } from "../components/may.tsx";
import { Page } from "../components/page.tsx";
import classes from "./editing.module.css";
import type { EntityPageProps } from "./form-props.ts";
import { LeaveDialog } from "./leave-dialog.tsx";
import { MergeDialog } from "./merge-dialog.tsx";
import { OriginNotice, OriginRemark } from "./origin.tsx";
import { PasteDialog, yamlOfRefusal } from "./paste-dialog.tsx";
import { RemoveButton } from "./remove-button.tsx";
import { SaveProblem } from "./save-problem.tsx";
import { type Editor, useEditor } from "./use-editor.ts";
import { useReadOnly } from "./use-read-only.ts";
import { type View, ViewSwitch } from "./view-switch.tsx";
import { YamlView } from "./yaml-view.tsx";

interface EntityEditorProps<Spec> extends EntityPageProps<Spec> {
  current: Entity<Spec> | null;
}

export function EntityEditor<Spec>(props: EntityEditorProps<Spec>) {
  const { port, current, blank, form, above, below, icon, onSaved, onRemoved, write } = props;
  const editor = useEditor({ port, current, blank, suggestedName: props.suggestedName, onSaved });
  const [view, setView] = useState<View>("form");
  // YAML that cannot be read yet is neither saved nor left, so that it is not lost.
  const [isBroken, setBroken] = useState(false);
  const access = useReadOnly(write, current?.origin ?? null);
  const blocker = useBlocker({ shouldBlockFn: () => editor.isDirty && !editor.isSaving, withResolver: true, enableBeforeUnload: () => editor.isDirty });
  const saveButton = useRef<HTMLButtonElement>(null);
  const yaml = yamlOfRefusal(editor.error);
  const faults = problemsByPointer(editor.error ? shownProblem(editor.error) : null);
  const title = current?.name ?? `New ${port.word}`;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if ((editor.isDirty || current === null) && !access.isReadOnly && !isBroken) editor.save();
  };
  return (
    <Page
      title={<>{icon}{title}</>}
      name={title}
      aside={current ? <OriginRemark entity={current} /> : null}
      actions={
        <>
          <ViewSwitch view={view} disabled={isBroken} onChange={setView} />
          {current && port.remove ? <RemoveButton port={port} entity={current} readOnly={access.isForeign} write={write} onRemoved={onRemoved} /> : null}
        </>
      }
    >
      {current && above && view === "form" ? above(current) : null}
      <form className={classes["body"]} noValidate data-read-only={access.isReadOnly || undefined} onSubmit={submit}>
        <OriginNotice access={access} entity={current} kind={port.kind} />
        {current === null ? <NameField editor={editor} fault={faults.get("/name")} /> : null}
        {view === "form" ? form({ spec: editor.spec, onChange: editor.change, readOnly: access.isReadOnly, faults, entity: editor.base }) : <YamlView spec={editor.spec} place={port.placeInFile(editor.name)} onBroken={setBroken} onChange={editor.change} readOnly={access.isReadOnly} />}
        {editor.error && !yaml && !editor.overlap ? <SaveProblem editor={editor} word={port.word} /> : null}
        {current === null || editor.isDirty ? <SaveBar editor={editor} isNew={current === null} toFile={access.toFile} isBroken={isBroken} write={write} button={saveButton} /> : null}
      </form>
      {current && below ? <div className={classes["body"]}>{below(current)}</div> : null}
      <MergeDialog editor={editor} onClosed={() => saveButton.current?.focus()} />
      <PasteDialog yaml={yaml} onClose={editor.forgetError} />
      <LeaveDialog opened={blocker.status === "blocked"} onStay={() => blocker.reset?.()} onLeave={() => blocker.proceed?.()} />
    </Page>
  );
}

function NameField<Spec>({ editor, fault }: { editor: Editor<Spec>; fault: string | undefined }) {
  return (
    <TextInput
      label="Name"
      description="In addresses, metrics and the log. Letters, digits, dots, dashes, underscores."
      required
      autoFocus
      maw={320}
      value={editor.name}
      error={fault ?? null}
      onChange={(event) => editor.setName(event.currentTarget.value)}
    />
  );
}

interface SaveBarProps<Spec> {
  editor: Editor<Spec>;
  isNew: boolean;
  toFile: boolean;
  isBroken: boolean;
  write: OperationName;
  button: Ref<HTMLButtonElement>;
}

function SaveBar<Spec>({ editor, isNew, toFile, isBroken, write, button }: SaveBarProps<Spec>): ReactNode {
  const verb = toFile ? "Show the YAML to paste" : isNew ? "Create" : "Save";
  return (
    <div className={classes["saveBar"]}>
      <span>{isNew ? "" : "Not saved yet."}</span>
      {isNew ? null : (
        <Button variant="default" onClick={editor.discard}>
          Discard
        </Button>
      )}
      <May do={write}>
        {(disabled) => (
          <Button ref={button} type="submit" loading={editor.isSaving} disabled={disabled || isBroken || editor.name === ""}>
            {verb}
          </Button>
        )}
      </May>
    </div>
  );
}
