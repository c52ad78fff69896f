/** No calls: there never was one, or the range and the filter leave none. */
import { Button } from "@mantine/core";
import { LinkButton } from "../../components/link-button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { type Range, rangeText } from "../../observe/range.ts";
import classes from "./calls.module.css";

interface CallsEmptyProps {
  filtered: boolean;
  range: Range;
  onClear: () => void;
  onRange: (range: Range) => void;
}

const week: Range = { kind: "last", span: "7d" };
const everything: Range = { kind: "last", span: "365d" };

export function CallsEmpty({ filtered, range, onClear, onRange }: CallsEmptyProps) {
  const wider = range.kind === "last" && range.span !== "7d" ? week : everything;
  return (
    <div className={classes["empty"]}>
      <EmptyState
        title={filtered ? "No call matches this filter in this range" : "No call in this range"}
        action={
          <div className={classes["tools"]}>
            <Button variant="default" onClick={() => onRange(wider)}>
              {rangeText(wider)}
            </Button>
            {filtered ? <Button variant="default" onClick={onClear}>Clear the filter</Button> : <LinkButton to="/start">Make a call</LinkButton>}
          </div>
        }
      >
        {range.kind === "last" ? "New matching calls appear here within a second." : `Range: ${rangeText(range)}.`}
      </EmptyState>
    </div>
  );
}
