/** Nothing ended in the last minutes. */
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import classes from "./live.module.css";

export function LiveEmpty({ filtered }: { filtered: boolean }) {
  return (
    <div className={classes["empty"]}>
      <EmptyState title={filtered ? "No call matches the filter in the last five minutes" : "No call in the last five minutes"} action={<LinkButton to="/start">Make a call</LinkButton>}>
        Calls appear here as they end. <code>./parley tail</code> shows the same in a terminal.
      </EmptyState>
    </div>
  );
}
