/** Reading through the cache: `useQuery(reading("listServices"))`. */
import { MutationCache, QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import { isProblem, isSilent, ProblemError } from "./problem-error.ts";
import type { Answer, Input, InputArguments, OperationName } from "./types.ts";

export function reading<Name extends OperationName>(name: Name, ...[input]: InputArguments<Name>) {
  return queryOptions<Answer<Name>, Error, Answer<Name>, readonly unknown[]>({
    queryKey: [name, input ?? null],
    queryFn: ({ signal }) => (call as (...parameters: [Name, Input<Name> | undefined, AbortSignal]) => Promise<Answer<Name>>)(name, input, signal),
  });
}

/** A refusal is final; a control plane that does not answer is asked again. */
function retry(failures: number, error: Error): boolean {
  const status = error instanceof ProblemError ? error.problem.status : 0;
  return failures < 2 && (status === 0 || status >= 500);
}

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        forgetSession(client, error);
        // What shows that nobody answers, and asks all again once somebody does, looks at once and not when its time has come.
        if (isSilent(error) && queryKey[0] !== "getStatus") void client.invalidateQueries({ queryKey: reading("getStatus").queryKey });
      },
    }),
    mutationCache: new MutationCache({ onError: (error) => forgetSession(client, error) }),
    defaultOptions: { queries: { retry, staleTime: 5_000, refetchOnWindowFocus: true }, mutations: { retry: false } },
  });
  return client;
}

/** Once the session has ended, asking for it again makes the page offer to sign in, over whatever is on the screen. */
export function forgetSession(client: QueryClient, error: unknown): void {
  if (!isProblem(error, "not-signed-in")) return;
  const { queryKey } = reading("getSession");
  if (client.getQueryState(queryKey)?.status === "success") void client.resetQueries({ queryKey });
}
