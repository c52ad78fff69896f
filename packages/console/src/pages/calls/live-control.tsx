/** Whether the list is live, and the button that holds it. */
import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { countText } from "../../format/quantities.ts";
import type { CallListState } from "./call-list.ts";
import classes from "./calls.module.css";

const words = { connecting: "Connecting", open: "Live", lost: "Connection lost, trying again" } as const;

export function LiveControl({ state, paused, onPause }: { state: CallListState; paused: boolean; onPause: (paused: boolean) => void }) {
  return (
    <>
      <span className={classes["live"]} data-live={paused ? "paused" : state.live} role="status">
        {paused ? "Paused" : words[state.live]}
      </span>
      <Button variant="default" leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />} onClick={() => onPause(!paused)} aria-pressed={paused}>
        {paused ? `Resume${state.waiting > 0 ? ` (+${countText(state.waiting)}${state.hasMore ? " and more" : ""})` : ""}` : "Pause"}
      </Button>
    </>
  );
}
