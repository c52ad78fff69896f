/** What can be asked something: aliases first, then the providers' models that talk, draw or speak. */
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import type { ModelKind } from "./media-answer.ts";

export interface CallableModels {
  models: readonly string[];
  /** Names that nobody lists are models to talk to. */
  kindOf: (model: string) => ModelKind;
  loaded: boolean;
}

const kinds = ["chat", "images", "speech"] as const;

export function useCallableModels(): CallableModels {
  const state = useQuery(reading("getModelState"));
  const aliases = state.data?.aliases.map(({ name }) => name) ?? [];
  const broken = new Set(state.data?.providers.filter(({ trouble }) => trouble).map(({ name }) => name));
  const known = new Map<string, ModelKind>();
  for (const { name, capabilities } of state.data?.models ?? []) {
    const kind = kinds.find((each) => capabilities.includes(each));
    if (kind && !broken.has(name.slice(0, name.indexOf("/")))) known.set(name, kind);
  }
  const byKind = [...known].toSorted(([, one], [, other]) => kinds.indexOf(one) - kinds.indexOf(other));
  return { models: [...aliases, ...byKind.map(([name]) => name)], kindOf: (model) => known.get(model) ?? "chat", loaded: !state.isPending };
}
