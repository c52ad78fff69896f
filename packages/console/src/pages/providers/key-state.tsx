/** Whether a provider has its key, without ever showing it. */
import type { Origin } from "@parley/contract/api/entities";
import type { ProviderSource } from "@parley/contract/config/ai";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { Chip } from "../../components/chip.tsx";

export function KeyState({ name, spec, origin }: { name: string; spec: ProviderSource; origin: Origin }) {
  const catalogue = useQuery(reading("listKnownProviders"));
  const known = catalogue.data?.items.find((entry) => entry.name === (spec.kind ?? name));
  if (spec.apiKey) return <Chip meaning="ok">{origin === "environment" && known?.keyVariable ? `from ${known.keyVariable}` : "stored"}</Chip>;
  if (spec.keys && spec.keys.length > 0) return <Chip meaning="ok">{`${spec.keys.length} keys`}</Chip>;
  if (spec.accessKeyId || spec.serviceAccount || spec.accessToken) return <Chip meaning="ok">{origin === "environment" ? "from the environment" : "stored"}</Chip>;
  if (!known?.keyVariable || !known.needsKey) return <Chip>none needed</Chip>;
  return <Chip meaning="warning">missing</Chip>;
}
