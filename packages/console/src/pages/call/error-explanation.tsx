/** Why a call was refused and what to do about it, from the one table of codes. */
import type { CallRecord } from "@parley/contract/call-record";
import { problemPath } from "@parley/contract/problems/problem";
import { isProblemCode, problemEntry } from "@parley/contract/problems/table";
import { CodeText } from "../../components/code-text.tsx";
import { Notice } from "../../components/notice.tsx";
import { ProblemCode, saysTheSame } from "../../components/problem-notice.tsx";
import { oneDirection } from "../../format/one-direction.ts";
import classes from "./call.module.css";

export function ErrorExplanation({ call, code }: { call: Pick<CallRecord, "errorDetail">; code: string }) {
  const entry = isProblemCode(code) ? problemEntry(code) : null;
  // The page of each code is served beside this one.
  const type = entry ? `${problemPath}${code}` : undefined;
  return (
    <Notice meaning="error" title={entry?.title ?? code}>
      <p>{call.errorDetail === undefined || saysTheSame(call.errorDetail, entry?.title ?? code) ? entry?.cause : oneDirection(call.errorDetail)}</p>
      {entry ? <p className={classes["quiet"]}><CodeText text={entry.fix} /></p> : null}
      <span>
        <ProblemCode code={code} type={type} />
      </span>
    </Notice>
  );
}
