/** The answer to the replay beside the first one: what differs is marked. */
import type { CallRecord } from "@parley/contract/call-record";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TryEnd, TryHead } from "../../api/try-call.ts";
import { Chip } from "../../components/chip.tsx";
import { CodeBlock } from "../../components/code-block.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { StatusChip } from "../../components/status-chip.tsx";
import { durationText, sizeText } from "../../format/quantities.ts";
import classes from "./call.module.css";
import { lineDifferences } from "./line-differences.ts";

export interface Replayed {
  head: TryHead | null;
  body: string;
  end: TryEnd | null;
  error: unknown;
}

interface Row {
  name: string;
  first: ReactNode;
  again: ReactNode;
  differs: boolean;
}

interface ReplayResultProps {
  call: CallRecord;
  replayed: Replayed;
  /** The first answer's body, where it is kept. */
  firstBody: string | null;
}

export function ReplayResult({ call, replayed: { head, body, end }, firstBody }: ReplayResultProps) {
  if (!head) return null;
  return (
    <div className={classes["replay"]}>
      <DataTable
        label="First and replayed" rows={rowsOf(call, head.status, end)} rowKey={(row) => row.name}
        columns={[
          { head: "What", cell: (row) => row.name },
          { head: "First", cell: (row) => row.first },
          { head: "Replayed", cell: (row) => <>{row.again} {row.differs ? <Chip meaning="warning">differs</Chip> : null}</> },
        ]}
      />
      {end?.broken ? <p className={classes["quiet"]}>The answer broke off: {end.broken}</p> : null}
      {body !== "" && firstBody === null ? <CodeBlock text={pretty(body)} what="the answer's body" /> : null}
      {body !== "" && firstBody !== null && end ? <BodyDifferences first={pretty(firstBody)} again={pretty(body)} /> : null}
      {head.callId ? (
        <p className={classes["quiet"]}>
          It is a call of its own: <Link to="/calls/$id" params={{ id: head.callId }}>{head.callId}</Link>
        </p>
      ) : null}
    </div>
  );
}

const signs = { same: "  ", first: "- ", again: "+ " } as const;

function BodyDifferences({ first, again }: { first: string; again: string }) {
  if (first === again) return <p className={classes["quiet"]}>The answers' bodies are the same.</p>;
  return (
    <pre className={classes["differences"]} tabIndex={0} aria-label="How the answers differ">
      {lineDifferences(first, again).map(({ kind, text }, line) => (
        // Lines have no other identity than their place.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={line} data-kind={kind}>{`${signs[kind]}${text}\n`}</span>
      ))}
    </pre>
  );
}

/** Times always differ a little: worth a word is one that more than doubled, or less than half. */
function rowsOf(call: CallRecord, status: number, end: Replayed["end"]): Row[] {
  const rows: Row[] = [{ name: "Status", first: <StatusChip status={call.status} />, again: <StatusChip status={status} />, differs: status !== call.status }];
  if (!end) return rows;
  const ratio = end.durationMs / Math.max(call.durationMs, 0.001);
  return [
    ...rows,
    { name: "Answer's body", first: sizeText(call.responseBytes), again: `${sizeText(end.bytes)}${end.truncated ? " and more" : ""}`, differs: end.bytes !== call.responseBytes },
    { name: "Time", first: durationText(call.durationMs), again: durationText(end.durationMs), differs: ratio > 2 || ratio < 0.5 },
  ];
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
