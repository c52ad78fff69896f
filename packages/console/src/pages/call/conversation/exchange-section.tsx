/**
 * What was sent and answered, as far as `logging.bodies` had it kept: for a model the conversation, and for every call the raw
 * bodies. Where nothing was kept it says how to have it from now on, rather than showing an empty box.
 */
import { SegmentedControl, Skeleton } from "@mantine/core";
import type { CallRecord } from "@parley/contract/call-record";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { reading } from "../../../api/queries.ts";
import type { Answer } from "../../../api/types.ts";
import { CodeBlock } from "../../../components/code-block.tsx";
import { LinkButton } from "../../../components/link-button.tsx";
import { useMissingRole } from "../../../components/may.tsx";
import { Notice } from "../../../components/notice.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { sizeText } from "../../../format/quantities.ts";
import { readingBodies } from "../kept-bodies.ts";
import classes from "./conversation.module.css";
import { ConversationView } from "./conversation-view.tsx";
import { turnsOfAnswer } from "./turns-of-answer.ts";
import { turnsOfRequest } from "./turns-of-request.ts";

/** Bodies are encrypted and stored behind the call, and it can be looked at before they are there. */
const storedWithinMs = 10_000;
/** Nobody is told before that they are not. */
const usuallyStoredWithinMs = 2_500;
const askAgainMs = 600;

type Bodies = Answer<"getCallBodies">;
type Body = NonNullable<Bodies["request"]>;

export function ExchangeSection({ call }: { call: CallRecord }) {
  const logging = useQuery(reading("getLogging"));
  const missingRole = useMissingRole("getCallBodies");
  const kept = logging.data?.spec.bodies ?? "conflicts";
  const mayBeKept = kept === "all" || (kept === "conflicts" && call.conflict !== undefined);
  // What neither sent nor got a byte has nothing to ask for.
  const hadNone = call.requestBytes === 0 && call.responseBytes === 0;
  const bodies = useQuery({
    ...readingBodies(call.id),
    enabled: logging.data !== undefined && mayBeKept && !hadNone && missingRole === null,
    staleTime: ({ state: { data } }) => (isAbsent(data) ? 0 : Infinity),
    refetchInterval: ({ state: { data, dataUpdatedAt } }) => (isAbsent(data) && isNear(call, dataUpdatedAt, storedWithinMs) ? askAgainMs : false),
  });
  const isMissing = isAbsent(bodies.data);
  const isAwaited = bodies.isLoading || (isMissing && isNear(call, bodies.dataUpdatedAt, usuallyStoredWithinMs));
  if (logging.isError && !logging.data) return null;
  return (
    <section>
      <h2>{call.kind === "ai" ? "Conversation" : "Request and answer"}</h2>
      {missingRole === null ? null : <p className={classes["quiet"]}>{missingRole}</p>}
      {hadNone && mayBeKept && missingRole === null ? <p className={classes["quiet"]}>Neither side sent a body.</p> : null}
      {logging.data && missingRole === null && (!mayBeKept || (isMissing && !isAwaited)) ? <NotKept all={kept === "all"} /> : null}
      {logging.isLoading || isAwaited ? <Skeleton height={120} /> : null}
      {bodies.error ? <ProblemNotice error={bodies.error} onRetry={() => void bodies.refetch()} /> : null}
      {bodies.data && !isMissing ? <Exchange bodies={bodies.data} isAi={call.kind === "ai"} /> : null}
    </section>
  );
}

function isAbsent(bodies: Bodies | undefined): boolean {
  return bodies !== undefined && bodies.request === null && bodies.response === null;
}

/** In either direction: a browser's clock that is behind would have it ask for as long. */
function isNear(call: CallRecord, atMs: number, withinMs: number): boolean {
  return Math.abs(atMs - call.at - call.durationMs) < withinMs;
}

function NotKept({ all }: { all: boolean }) {
  if (all) return <p className={classes["quiet"]}>This call's bodies are not stored: it is older than the setting, or they were deleted to make room.</p>;
  return (
    <Notice title="Prompts and answers are not stored" action={<LinkButton variant="default" to="/settings">Settings</LinkButton>}>
      <span>
        With <code>logging.bodies: all</code> bodies of calls are stored from then on, redacted by <code>logging.redact</code> and encrypted. Only editors can read them.
      </span>
    </Notice>
  );
}

function Exchange({ bodies: { request, response }, isAi }: { bodies: Bodies; isAi: boolean }) {
  const turns = isAi ? turnsOf(request, response) : [];
  const [view, setView] = useState<"conversation" | "raw">("conversation");
  const isRaw = view === "raw" || turns.length === 0;
  return (
    <>
      {turns.length > 0 ? (
        <div className={classes["switch"]}>
          <SegmentedControl aria-label="View" data={[{ value: "conversation", label: "Conversation" }, { value: "raw", label: "Raw" }]} value={view} onChange={(value) => setView(value as typeof view)} />
        </div>
      ) : null}
      {isRaw ? (
        <div className={classes["sides"]}>
          <RawBody name="Request" body={request} />
          <RawBody name="Answer" body={response} />
        </div>
      ) : (
        <>
          <ConversationView turns={turns} />
          {request?.truncated || response?.truncated ? <p className={classes["quiet"]}>Only the beginning of {request?.truncated ? (response?.truncated ? "both" : "what was asked") : "the answer"} is stored. <code>logging.bodyBytes</code> says how much.</p> : null}
        </>
      )}
    </>
  );
}

function turnsOf(request: Body | null, response: Body | null) {
  const asked = request?.text ? turnsOfRequest(jsonOf(request.text)) : null;
  const answered = response?.text ? turnsOfAnswer(response.text) : null;
  return [...(asked ?? []), ...(answered ?? [])];
}

function RawBody({ name, body }: { name: string; body: Body | null }) {
  return (
    <div>
      <h3>
        {name}
        <small>{body ? `${sizeText(body.bytes)} ${body.contentType}` : ""}</small>
      </h3>
      {body === null ? <p className={classes["quiet"]}>No body.</p> : null}
      {body?.withheld === undefined ? null : <p className={classes["quiet"]}>{body.withheld === "no-text" ? "It is no text, so it is not kept." : "It could not be redacted, so it is not kept."}</p>}
      {body?.text ? <CodeBlock text={prettyOf(body.text)} what={name.toLowerCase()} /> : null}
      {body?.truncated ? <p className={classes["quiet"]}>Only its beginning is stored.</p> : null}
    </div>
  );
}

function prettyOf(text: string): string {
  const value = jsonOf(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
