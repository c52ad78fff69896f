/** A stale save: for every field that both changed, what it was, what they made of it and what I made of it. */
import { Button, Modal, Radio } from "@mantine/core";
import { useState } from "react";
import { When } from "../components/now.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { counted } from "../format/quantities.ts";
import classes from "./editing.module.css";
import { type Overlap, withField } from "./three-way.ts";
import type { Editor } from "./use-editor.ts";

type Side = "mine" | "theirs";

/** `onClosed`: while it saves, the button that was pressed has no focus to give back, so that whoever has it says where it goes. */
export function MergeDialog<Spec>({ editor, onClosed }: { editor: Editor<Spec>; onClosed?: () => void }) {
  const { overlap } = editor;
  return (
    <Modal opened={overlap !== null} onClose={editor.closeOverlap} {...(onClosed && { onExitTransitionEnd: onClosed, returnFocus: false })} size={760} title="Somebody saved before you">
      {overlap ? <Decision key={overlap.theirs.etag} editor={editor} overlap={overlap} /> : null}
    </Modal>
  );
}

function Decision<Spec>({ editor, overlap }: { editor: Editor<Spec>; overlap: NonNullable<Editor<Spec>["overlap"]> }) {
  const [sides, setSides] = useState<Readonly<Record<string, Side>>>({});
  const { overlaps, taken, merged } = overlap.merge;
  const open = overlaps.filter((field) => sides[field.pointer] === undefined).length;
  const decide = () => {
    const decided = overlaps.reduce((value, field) => withField(value, field.path, sides[field.pointer] === "theirs" ? field.theirs : field.mine), merged);
    editor.saveDecided(decided as Spec);
  };
  return (
    <div className={classes["decision"]}>
      <p>
        <strong>{overlap.theirs.updatedBy}</strong> saved <When at={overlap.theirs.updatedAt} />. You both changed {counted(overlaps.length, "field")}: choose which value stays.
        {taken.length > 0 ? ` ${counted(taken.length, "other change")} of theirs and the rest of yours merge by themselves.` : " The rest of yours merges by itself."}
      </p>
      {overlaps.map((field) => (
        <OverlapChoice key={field.pointer} field={field} side={sides[field.pointer]} by={overlap.theirs.updatedBy} onChoose={(side) => setSides({ ...sides, [field.pointer]: side })} />
      ))}
      {editor.error ? <ProblemNotice error={editor.error} /> : null}
      <div className={classes["decisionActions"]}>
        <Button variant="default" onClick={editor.closeOverlap}>
          Back to my draft
        </Button>
        <Button disabled={open > 0} loading={editor.isSaving} onClick={decide}>
          {open > 0 ? `${counted(open, "field")} to decide` : "Save the merged version"}
        </Button>
      </div>
    </div>
  );
}

function OverlapChoice({ field, side, by, onChoose }: { field: Overlap; side: Side | undefined; by: string; onChoose: (side: Side) => void }) {
  return (
    <Radio.Group value={side ?? null} onChange={(value) => onChoose(value as Side)} label={<code>{field.pointer}</code>} className={classes["overlap"] ?? ""}>
      <div className={classes["sides"]}>
        <div className={classes["side"]}>
          <small>Before</small>
          <Value value={field.base} />
        </div>
        <div className={classes["side"]} data-chosen={side === "theirs" || undefined}>
          <Radio value="theirs" label={`Theirs (${by})`} />
          <Value value={field.theirs} />
        </div>
        <div className={classes["side"]} data-chosen={side === "mine" || undefined}>
          <Radio value="mine" label="Mine" />
          <Value value={field.mine} />
        </div>
      </div>
    </Radio.Group>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === undefined) return <em>absent</em>;
  return <pre>{typeof value === "string" ? value : JSON.stringify(value, null, 2)}</pre>;
}
