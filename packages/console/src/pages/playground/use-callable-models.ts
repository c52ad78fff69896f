/** What can be asked in a chat: aliases first, then the providers' models that are for it. */
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";

export function useCallableModels(): { models: readonly string[]; loaded: boolean } {
  const state = useQuery(reading("getModelState"));
  const aliases = state.data?.aliases.map(({ name }) => name) ?? [];
  const broken = new Set(state.data?.providers.filter(({ trouble }) => trouble).map(({ name }) => name));
  const models = (state.data?.models ?? []).filter(({ name, capabilities }) => capabilities.includes("chat") && !broken.has(name.slice(0, name.indexOf("/"))));
  return { models: [...aliases, ...models.map(({ name }) => name)], loaded: !state.isPending };
}
