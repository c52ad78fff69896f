/** The call's record, as soon as the log has it. It is looked for and not asked for: that it is not there yet is no error. */
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";

const everyMs = 700;
const tries = 12;

export function useRecordedCall(id: string) {
  const found = useQuery({
    ...reading("listCalls", { query: { query: `id:${id}`, limit: 1 } }),
    refetchOnWindowFocus: false,
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data?.items.length || state.dataUpdateCount + state.errorUpdateCount >= tries ? false : everyMs),
  });
  return found.data?.items[0];
}
