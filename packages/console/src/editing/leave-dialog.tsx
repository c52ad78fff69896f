/** Asks before leaving a page with changes that are not saved. */
import { Button, Modal } from "@mantine/core";
import classes from "./editing.module.css";

export function LeaveDialog({ opened, onStay, onLeave }: { opened: boolean; onStay: () => void; onLeave: () => void }) {
  return (
    <Modal opened={opened} onClose={onStay} title="Leave without saving?">
      <div className={classes["decision"]}>
        <p>What you changed on this page is not saved yet.</p>
        <div className={classes["decisionActions"]}>
          <Button variant="default" onClick={onLeave}>
            Leave, and lose it
          </Button>
          <Button onClick={onStay} data-autofocus>
            Stay
          </Button>
        </div>
      </div>
    </Modal>
  );
}
