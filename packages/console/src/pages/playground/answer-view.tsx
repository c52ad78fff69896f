/** One answer: what was said as it comes, the tools that were called, and under it what it took, with the way to its call. */
import type { CallRecord } from "@parley/contract/call-record";
import { Link } from "@tanstack/react-router";
import { Chip } from "../../components/chip.tsx";
import { CodeText } from "../../components/code-text.tsx";
import { ProblemCode } from "../../components/problem-notice.tsx";
import { costText, countText, durationText } from "../../format/quantities.ts";
import { Markdown } from "../../markdown/markdown.tsx";
import type { Answer } from "./conversation.ts";
import classes from "./playground.module.css";
import { useRecordedCall } from "./use-recorded-call.ts";

export function AnswerView({ answer }: { answer: Answer }) {
  return (
    <div className={classes["answer"]} aria-busy={answer.state === "waiting" || answer.state === "coming"}>
      {answer.reasoning ? (
        <details className={classes["reasoning"]}>
          <summary>Reasoning</summary>
          <Markdown text={answer.reasoning} />
        </details>
      ) : null}
      {answer.text ? <Markdown text={answer.text} /> : null}
      {answer.pictures.length > 0 ? <div className={classes["drawn"]}>{answer.pictures.map((picture, index) => <img key={index} src={picture} alt={`Drawn ${index + 1}`} />)}</div> : null}
      {answer.sound === null ? null : <audio className={classes["sound"]} controls src={answer.sound} aria-label="What the model says" />}
      {answer.toolCalls.map((call) => (
        <div key={call.id} className={classes["toolCall"]}>
          <Chip meaning="accent">{call.name}</Chip>
          <code>{call.arguments}</code>
        </div>
      ))}
      {answer.state === "waiting" ? <p className={classes["quiet"]}>Waiting for the first word …</p> : null}
      {answer.problem ? <Problem problem={answer.problem} /> : null}
      {answer.state === "done" || answer.state === "failed" || answer.state === "stopped" ? <Took answer={answer} /> : null}
    </div>
  );
}

function Problem({ problem }: { problem: NonNullable<Answer["problem"]> }) {
  return (
    <div className={classes["problem"]} role="alert">
      <strong>{problem.title}</strong>
      <p>{problem.detail}</p>
      {problem.fix ? <p className={classes["quiet"]}><CodeText text={problem.fix} /></p> : null}
      {/^\d*$/.test(problem.code) ? null : <ProblemCode code={problem.code} />}
    </div>
  );
}

function Took({ answer }: { answer: Answer }) {
  const { head, firstTextMs, wholeMs, usage, state } = answer;
  return (
    <p className={classes["took"]}>
      {state === "stopped" ? <Chip meaning="warning">stopped</Chip> : null}
      {firstTextMs === null ? null : <span>first word {durationText(firstTextMs)}</span>}
      {wholeMs === null ? null : <span>whole {durationText(wholeMs)}</span>}
      {head?.callId ? <Recorded id={head.callId} usage={usage} /> : null}
    </p>
  );
}

/** What the gateway has counted; until the log has it, what the stream said. */
function Recorded({ id, usage }: { id: string; usage: Answer["usage"] }) {
  const data = useRecordedCall(id);
  const input = data?.inputTokens ?? usage?.input;
  const output = data?.outputTokens ?? usage?.output;
  return (
    <>
      {input === undefined && output === undefined ? null : <span>{countText(input ?? 0)} → {countText(output ?? 0)} tokens</span>}
      {data ? <span>{priceText(data)}</span> : null}
      {data?.cache === "hit" ? <Chip>{data.cacheSimilarity === undefined ? "from the cache" : `from the cache, similarity ${data.cacheSimilarity.toFixed(3)}`}</Chip> : null}
      {data && data.attempts > 1 ? <Chip meaning="warning">{`${data.attempts} attempts`}</Chip> : null}
      {data?.provider ? <span>by {data.provider}/{data.model}</span> : null}
      <Link to="/calls/$id" params={{ id }}>the call</Link>
    </>
  );
}

function priceText({ costUsd, inputTokens }: CallRecord): string {
  if (costUsd !== undefined) return costText(costUsd);
  return inputTokens === undefined ? "" : "no known price";
}
