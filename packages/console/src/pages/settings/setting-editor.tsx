/** A setting of which there is always exactly one: read, edited and saved like everything else. */
import { Button, Skeleton } from "@mantine/core";
import type { Entity } from "@parley/contract/api/entities";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { problemsByPointer, shownProblem } from "../../api/problem-error.ts";
import type { OperationName } from "../../api/types.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "../../editing/editing.module.css";
import { entityQueryKey } from "../../editing/entity-page.tsx";
import type { EntityPort } from "../../editing/entity-port.ts";
import type { FormProps } from "../../editing/form-props.ts";
import { MergeDialog } from "../../editing/merge-dialog.tsx";
import { OriginNotice } from "../../editing/origin.tsx";
import { PasteDialog, yamlOfRefusal } from "../../editing/paste-dialog.tsx";
import { SaveProblem } from "../../editing/save-problem.tsx";
import { useEditor } from "../../editing/use-editor.ts";
import { useReadOnly } from "../../editing/use-read-only.ts";

interface SettingProps<Spec> {
  port: EntityPort<Spec>;
  write: OperationName;
  form: (props: FormProps<Spec>) => ReactNode;
}

export function SettingEditor<Spec>(props: SettingProps<Spec>) {
  const { port } = props;
  const current = useQuery({ queryKey: entityQueryKey(port.kind, ""), refetchInterval: 5_000, queryFn: ({ signal }) => port.read("", signal) });
  if (current.data) return <LoadedSetting {...props} current={current.data} />;
  return current.error ? <ProblemNotice error={current.error} onRetry={() => void current.refetch()} /> : <Skeleton height={60} />;
}

function LoadedSetting<Spec>({ port, write, form, current }: SettingProps<Spec> & { current: Entity<Spec> }) {
  const editor = useEditor({ port, current, blank: current.spec, onSaved: () => undefined });
  const access = useReadOnly(write, current.origin);
  const yaml = yamlOfRefusal(editor.error);
  return (
    <div className={classes["rows"]} data-read-only={access.isReadOnly || undefined}>
      <OriginNotice access={access} entity={current} kind={port.kind} />
      {form({ spec: editor.spec, onChange: editor.change, readOnly: access.isReadOnly, faults: problemsByPointer(editor.error ? shownProblem(editor.error) : null), entity: editor.base })}
      {editor.error && !yaml && !editor.overlap ? <SaveProblem editor={editor} word={port.word} /> : null}
      {editor.isDirty ? (
        <div className={classes["row"]}>
          <Button loading={editor.isSaving} onClick={editor.save}>
            {access.toFile ? "Show the YAML to paste" : "Save"}
          </Button>
          <Button variant="default" onClick={editor.discard}>
            Discard
          </Button>
        </div>
      ) : null}
      <MergeDialog editor={editor} />
      <PasteDialog yaml={yaml} onClose={editor.forgetError} />
    </div>
  );
}
