/** Step 4: the call arrives. A failed one says why and what to do, and the page goes on waiting. */
import type { CallRecord } from "@parley/contract/call-record";
import { Link } from "@tanstack/react-router";
import { LinkButton } from "../../components/link-button.tsx";
import { When } from "../../components/now.tsx";
import { StatusChip } from "../../components/status-chip.tsx";
import { ErrorExplanation } from "../call/error-explanation.tsx";
import { verdictOf } from "../call/verdict.ts";
import classes from "./start.module.css";
import { Step } from "./step.tsx";
import type { Arrivals } from "./use-arrivals.ts";

export function ArrivalStep({ arrivals }: { arrivals: Arrivals }) {
  const [latest, ...before] = arrivals.calls;
  const success = arrivals.calls.find((call) => call.status < 400);
  return (
    <Step number={4} title={success ? "The call arrived" : "See it arrive"} done={success !== undefined}>
      <div aria-live="polite" className={classes["arrivals"]}>
        {latest ? <Arrival call={latest} /> : <Waiting isOpen={arrivals.isOpen} />}
        {before.map((call) => (
          <Line key={call.id} call={call} />
        ))}
      </div>
      {success ? (
        <div className={classes["row"]}>
          <LinkButton to="/calls/$id" params={{ id: success.id }}>
            Look at the call
          </LinkButton>
          <LinkButton variant="default" to="/calls">
            All calls, live
          </LinkButton>
        </div>
      ) : null}
    </Step>
  );
}

function Waiting({ isOpen }: { isOpen: boolean }) {
  return <p className={classes["waiting"]}>{isOpen ? "Waiting for a call. It appears here by itself." : "Connecting to the live view."}</p>;
}

function Arrival({ call }: { call: CallRecord }) {
  return (
    <>
      <Line call={call} />
      <p>{verdictOf(call)}</p>
      {call.error ? <ErrorExplanation call={call} code={call.error} /> : null}
    </>
  );
}

function Line({ call }: { call: CallRecord }) {
  return (
    <p className={classes["line"]}>
      <StatusChip status={call.status} />
      <Link to="/calls/$id" params={{ id: call.id }}>
        <code>
          {call.method} {call.path}
        </code>
      </Link>
      <span className={classes["quiet"]}>
        <When at={call.at} />
      </span>
    </p>
  );
}
