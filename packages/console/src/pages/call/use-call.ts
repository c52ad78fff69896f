/** One call's record. What the list knows already is shown at once; the log may have it a second later. */
import type { CallRecord } from "@parley/contract/call-record";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { ProblemError } from "../../api/problem-error.ts";

const triesWhileIngesting = 4;

export function useCall(id: string, known?: CallRecord) {
  return useQuery({
    ...reading("getCall", { path: { id } }),
    // A record never changes once it is written.
    staleTime: Infinity,
    ...(known ? { placeholderData: known } : {}),
    retry: (failures, error) => failures < triesWhileIngesting && !(error instanceof ProblemError && error.problem.status !== 404 && error.problem.status < 500),
    retryDelay: 600,
  });
}
