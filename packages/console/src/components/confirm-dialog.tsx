/** Asks before what cannot be undone. The button says what it does; the dialog says what follows. */
import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { ProblemNotice } from "./problem-notice.tsx";
import classes from "./dialog.module.css";

interface ConfirmProps {
  opened: boolean;
  title: string;
  /** What follows from it. */
  children: ReactNode;
  /** The verb on the button. */
  verb: string;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog({ opened, title, children, verb, busy, error, onConfirm, onClose }: ConfirmProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <div className={classes["body"]}>
        <div>{children}</div>
        {error ? <ProblemNotice error={error} /> : null}
        <div className={classes["actions"]}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="danger" loading={busy} onClick={onConfirm}>
            {verb}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
