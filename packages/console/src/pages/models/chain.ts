/** What is drawn of an alias: its targets in the order in which they are tried now, each with what was measured of it. */
import type { ModelSource } from "@parley/contract/config/ai";
import type { Answer } from "../../api/types.ts";

type State = Answer<"getModelState">;
type Groups = Answer<"analyse">["groups"];
type Calls = Answer<"listCalls">["items"];
type Target = ModelSource["targets"][number];

export interface ChainLink {
  name: string;
  provider: string;
  /** What has to hold for it, in words. */
  conditions: readonly string[];
  /** Of 1, where calls are drawn by weight. */
  share: number | null;
  price: State["models"][number]["price"];
  /** Why it cannot be asked at all. */
  trouble: string | null;
  /** All its keys rest for so long; 0 where one is ready. */
  restsForMs: number;
  refused: boolean;
  measured: { streamMs: number | null; wholeMs: number | null };
  /** Of the alias's calls in the time that is looked at. */
  answered: number;
  failed: number;
  p50Ms: number | null;
}

interface Known {
  state: State | undefined;
  groups: Groups | undefined;
  /** Calls with more than one attempt: in the log of attempts stand those that failed over. */
  repeated: Calls | undefined;
}

export function chainOf(alias: string, spec: ModelSource, known: Known): ChainLink[] {
  const links = spec.targets.filter(({ model }) => model.includes("/")).map((target) => linkOf(alias, target, { ...known, spec }));
  if (spec.strategy === "cheapest") return links.toSorted((one, other) => usualPrice(one) - usualPrice(other));
  if (spec.strategy === "fastest") return links.toSorted((one, other) => (one.measured.streamMs ?? 0) - (other.measured.streamMs ?? 0));
  return links;
}

function linkOf(alias: string, target: Target, { state, groups, repeated, spec }: Known & { spec: ModelSource }): ChainLink {
  const provider = target.model.slice(0, target.model.indexOf("/"));
  const model = target.model.slice(provider.length + 1);
  const group = groups?.find(({ values }) => values[0] === provider && values[1] === model);
  const account = state?.providers.find(({ name }) => name === provider);
  const keys = account?.keys ?? [];
  const rests = keys.length > 0 && keys.every(({ state: key }) => key !== "ready");
  const failedOver = (repeated ?? []).flatMap(({ attemptLog }) => attemptLog ?? []).filter((attempt) => attempt.target === target.model && attempt.failure !== undefined);
  const finallyFailed = (group?.errors ?? 0) + (group?.refused ?? 0);
  const weights = spec.targets.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const measured = state?.aliases.find(({ name }) => name === alias)?.targets.find(({ name }) => name === target.model);
  return {
    name: target.model,
    provider,
    conditions: conditionTexts(target),
    share: spec.strategy === "weighted" && weights > 0 ? (target.weight ?? 1) / weights : null,
    price: state?.models.find(({ name }) => name === target.model)?.price ?? null,
    trouble: state && !account ? "its provider is not configured" : (account?.trouble?.detail ?? null),
    restsForMs: rests ? Math.min(...keys.map(({ restsForMs }) => restsForMs)) : 0,
    refused: rests && keys.every(({ state: key }) => key === "refused"),
    measured: { streamMs: measured?.streamMs ?? null, wholeMs: measured?.wholeMs ?? null },
    answered: (group?.calls ?? 0) - finallyFailed,
    // A call whose last attempt failed is in both.
    failed: Math.max(failedOver.length, finallyFailed),
    p50Ms: group?.p50Ms ?? null,
  };
}

export function conditionTexts({ when }: Pick<Target, "when">): string[] {
  if (!when) return [];
  const list = (values: string | readonly string[]): string => [values].flat().join(" or ");
  return [
    ...(when.model === undefined ? [] : [`asked for as ${list(when.model)}`]),
    ...(when.consumer === undefined ? [] : [`for ${list(when.consumer)}`]),
    ...Object.entries(when.header ?? {}).map(([name, values]) => `with ${name}: ${list(values)}`),
    ...(when.size?.above === undefined ? [] : [`above ${when.size.above}`]),
    ...(when.size?.below === undefined ? [] : [`below ${when.size.below}`]),
  ];
}

/** As the gateway goes by: three tokens in for one out, and without a known price last. */
function usualPrice({ price }: ChainLink): number {
  return price ? price.input * 3 + price.output : Infinity;
}
