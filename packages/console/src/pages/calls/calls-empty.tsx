/** No calls: either there never was one, or the filter leaves none. */
import { Button } from "@mantine/core";
import { LinkButton } from "../../components/link-button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import classes from "./calls.module.css";

export function CallsEmpty({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return (
    <div className={classes["empty"]}>
      {filtered ? (
        <EmptyState title="No call matches this filter" action={<Button variant="default" onClick={onClear}>Clear the filter</Button>}>
          New calls that match appear here by themselves.
        </EmptyState>
      ) : (
        <EmptyState title="No call yet" action={<LinkButton to="/start">Make the first call</LinkButton>}>
          Every call through the gateway appears here within a second of its end.
        </EmptyState>
      )}
    </div>
  );
}
