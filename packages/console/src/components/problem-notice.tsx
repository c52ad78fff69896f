/** A refusal: what happened, what to do, and the code with its page. It stands beside what was on the screen, not instead of it. */
import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { shownProblem } from "../api/problem-error.ts";
import { CodeText } from "./code-text.tsx";
import classes from "./notice.module.css";

export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const problem = shownProblem(error);
  return (
    <div className={classes["notice"]} data-meaning="error" role="alert">
      <IconAlertTriangle size={18} stroke={1.7} aria-hidden />
      <div className={classes["body"]}>
        <strong>{problem.title}</strong>
        {problem.detail && !saysTheSame(problem.detail, problem.title) ? <p>{problem.detail}</p> : null}
        {problem.fix ? <p className={classes["fix"]}><CodeText text={problem.fix} /></p> : null}
        <ProblemCode code={problem.code} type={problem.type} />
      </div>
      {onRetry ? (
        <Button variant="default" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** A detail that only repeats its title. */
export function saysTheSame(detail: string, title: string): boolean {
  return detail.replace(/\.$/, "").toLowerCase() === title.toLowerCase();
}

export function ProblemCode({ code, type }: { code: string; type?: string | undefined }) {
  if (!type) return <code>{code}</code>;
  return (
    <a href={type} target="_blank" rel="noreferrer">
      <code>{code}</code>
    </a>
  );
}
