/** `provider/model` of every configured provider, as far as its models are known. */
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";

export function useKnownModels(): string[] {
  const providers = useQuery(reading("listProviders"));
  const catalogue = useQuery(reading("listKnownProviders"));
  return (providers.data?.items ?? []).flatMap(({ name, spec }) => {
    const models = spec.models ?? catalogue.data?.items.find((known) => known.name === (spec.kind ?? name))?.models ?? [];
    return models.map((model) => `${name}/${model}`);
  });
}
