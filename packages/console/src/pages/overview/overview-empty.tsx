/** No call in the range: it may be too short, or nothing may have called yet. */
import { Button } from "@mantine/core";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { type Range, rangeText, widened } from "../../observe/range.ts";

export function OverviewEmpty({ range, onRange }: { range: Range; onRange: (range: Range) => void }) {
  const wider = range.kind === "last" && range.span === "1h" ? ({ kind: "last", span: "7d" } as const) : widened(range, Date.now());
  return (
    <EmptyState
      title={`No call in this range (${rangeText(range).toLowerCase()})`}
      action={
        <div>
          <Button variant="default" onClick={() => onRange(wider)} mr={8}>
            {rangeText(wider)}
          </Button>
          <LinkButton to="/start">Make a call</LinkButton>
        </div>
      }
    >
      Figures appear here within seconds of the first call.
    </EmptyState>
  );
}
