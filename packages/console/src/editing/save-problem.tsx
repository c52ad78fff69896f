/** Why saving failed, brought into view: the form may be longer than the screen, and its end is where people save. */
import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { isProblem } from "../api/problem-error.ts";
import { Notice } from "../components/notice.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import classes from "./editing.module.css";
import type { Editor } from "./use-editor.ts";

export function SaveProblem<Spec>({ editor, word }: { editor: Editor<Spec>; word: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: "nearest" }), [editor.error]);
  const isGone = editor.base !== null && isProblem(editor.error, "not-found");
  return (
    <div ref={place} className={classes["saveProblem"]}>
      {isGone ? (
        <Notice
          meaning="warning"
          title={`Somebody deleted this ${word} after you opened it`}
          action={
            <Button variant="default" loading={editor.isSaving} onClick={editor.saveAnew}>
              Create it again
            </Button>
          }
        >
          <p>What you typed is still here. Secrets that it had have to be entered again.</p>
        </Notice>
      ) : (
        <ProblemNotice error={editor.error} />
      )}
    </div>
  );
}
