/** Where one arrives: the first steps until there was a call, the overview afterwards. */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { reading } from "../api/queries.ts";

export function IndexPage() {
  const calls = useQuery(reading("listCalls", { query: { limit: 1 } }));
  if (calls.isLoading) return <Skeleton height={8} width={120} m={24} />;
  return <Navigate to={calls.data?.items.length === 0 ? "/start" : "/overview"} replace />;
}
