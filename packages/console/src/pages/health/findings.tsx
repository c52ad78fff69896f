/** What is wrong with a configuration: each finding with its line, and a caret where it is. */
import type { Diagnostic } from "@parley/contract/api/system";
import { Chip } from "../../components/chip.tsx";
import classes from "./health.module.css";

/** `text` is the file's text where the page has it; a finding may also bring its own line. */
export function Findings({ findings, text }: { findings: readonly Diagnostic[]; text?: string }) {
  const lines = text?.split(/\r?\n/) ?? [];
  return (
    <ul className={classes["findings"]}>
      {findings.map((finding) => (
        <li key={`${finding.code} ${finding.pointer} ${finding.line}`} data-severity={finding.severity}>
          <div className={classes["findingHead"]}>
            <Chip meaning={finding.severity}>{finding.severity}</Chip>
            <strong>{finding.message}</strong>
          </div>
          <code className={classes["place"]}>{[finding.file ?? "configuration", finding.line, finding.column].filter((part) => part !== undefined).join(":")}</code>
          <Excerpt finding={finding} line={finding.excerpt ?? lines[(finding.line ?? 0) - 1]} />
          {finding.suggestion ? <p>{finding.suggestion}</p> : null}
          <small>
            <code>./parley explain {finding.code}</code>
          </small>
        </li>
      ))}
    </ul>
  );
}

function Excerpt({ finding, line }: { finding: Diagnostic; line: string | undefined }) {
  if (line === undefined || finding.line === undefined) return null;
  const margin = `${finding.line} | `;
  // Tabs become one space, so that the caret stands under what it means.
  const caret = `${" ".repeat(margin.length - 2)}| ${" ".repeat(Math.max(0, (finding.column ?? 1) - 1))}^`;
  return <pre tabIndex={0}>{`${margin}${line.replaceAll("\t", " ")}\n${caret}`}</pre>;
}
