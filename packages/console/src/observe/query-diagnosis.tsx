/** Why a filter cannot be read: the place, the reason, and what was probably meant, to be taken with a click. */
import { Button } from "@mantine/core";
import type { QueryError } from "@parley/contract/query/query";
import classes from "./observe.module.css";

interface Diagnosis {
  text: string;
  errors: readonly QueryError[];
  /** While a value is still missing nobody needs to be told so. */
  isTyping: boolean;
  onFix: (text: string) => void;
}

export function QueryDiagnosis({ text, errors, isTyping, onFix }: Diagnosis) {
  const [error] = errors;
  if (!error || (isTyping && error.to === text.length && /:$|-$|"[^"]*$/.test(text))) return null;
  const { suggestion } = error;
  return (
    <div id="query-diagnosis" role="alert" className={classes["diagnosis"]}>
      <code>
        {text.slice(Math.max(0, error.from - 24), error.from)}
        <mark>{text.slice(error.from, error.to) || " "}</mark>
      </code>
      <span>{error.message}</span>
      {suggestion === undefined ? null : (
        <Button size="compact-xs" variant="default" onClick={() => onFix(text.slice(0, error.from) + suggestion + text.slice(error.to))}>
          Use {suggestion.trim()}
        </Button>
      )}
    </div>
  );
}
