/** One lane: which model, what was said to it and by it, and the results that its tools wait for. */
import { ActionIcon, Autocomplete, Button, Textarea } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { AnswerView } from "./answer-view.tsx";
import { type Entry, openToolCalls, type ToolCall } from "./conversation.ts";
import classes from "./playground.module.css";
import type { Lane } from "./use-lanes.ts";

interface LaneProps {
  lane: Lane;
  number: number;
  models: readonly string[];
  onModel: (model: string) => void;
  /** Null for the only one. */
  onRemove: (() => void) | null;
  onResults: (results: readonly string[]) => void;
}

export function LaneView({ lane, number, models, onModel, onRemove, onResults }: LaneProps) {
  const calls = openToolCalls(lane.entries);
  const end = useRef<HTMLDivElement>(null);
  const length = lane.entries.length;
  const last = lane.entries.at(-1);
  const state = last?.role === "assistant" ? last.state : null;
  useEffect(() => {
    if (length > 0) end.current?.scrollIntoView({ block: "nearest" });
  }, [length, state]);
  return (
    <section className={classes["lane"]} aria-label={`Model ${number}: ${lane.model}`}>
      <div className={classes["laneHead"]}>
        <Autocomplete className={classes["grow"] ?? ""} aria-label={`Model ${number}`} placeholder="provider/model or an alias" data={[...models]} limit={60} value={lane.model} onChange={onModel} />
        {onRemove ? (
          <ActionIcon variant="subtle" color="gray" size={30} aria-label={`Remove model ${number}`} onClick={onRemove}>
            <IconX size={15} />
          </ActionIcon>
        ) : null}
      </div>
      <div className={classes["entries"]} tabIndex={0} role="log" aria-label={`Conversation with model ${number}`}>
        {lane.entries.length === 0 ? <p className={classes["quiet"]}>Nothing said yet.{onRemove ? " It is asked together with the others." : ""}</p> : null}
        {lane.entries.map((entry, index) => (
          <EntryView key={index} entry={entry} />
        ))}
        {calls.length > 0 ? <ToolResults key={length} calls={calls} onResults={onResults} /> : null}
        <div ref={end} />
      </div>
    </section>
  );
}

function EntryView({ entry }: { entry: Entry }) {
  switch (entry.role) {
    case "assistant":
      return <AnswerView answer={entry} />;
    case "tool":
      return <div className={classes["question"]}><small>{entry.name} gave</small><pre>{entry.text}</pre></div>;
    case "user":
      return (
        <div className={classes["question"]}>
          {entry.text ? <p>{entry.text}</p> : null}
          {entry.images.length > 0 ? <div className={classes["pictures"]}>{entry.images.map((image, index) => <img key={index} src={image} alt={`Attached ${index + 1}`} />)}</div> : null}
        </div>
      );
  }
}

function ToolResults({ calls, onResults }: { calls: readonly ToolCall[]; onResults: LaneProps["onResults"] }) {
  const [results, setResults] = useState<readonly string[]>(() => calls.map(() => ""));
  return (
    <form
      className={classes["toolResults"]}
      onSubmit={(event) => {
        event.preventDefault();
        onResults(results);
      }}
    >
      {calls.map((call, index) => (
        <Textarea key={call.id} label={`What ${call.name} gives`} autosize minRows={1} maxRows={8} value={results[index] ?? ""} onChange={({ currentTarget }) => setResults(results.toSpliced(index, 1, currentTarget.value))} />
      ))}
      <div>
        <Button type="submit" variant="default">Go on with {calls.length === 1 ? "this result" : "these results"}</Button>
      </div>
    </form>
  );
}
