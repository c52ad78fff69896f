/** Models, providers and aliases as the gateway's workers have them, put together: people ask how a key is, not how it is where. */
import type { ModelState } from "@parley/contract/api/model-state";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

const gatewaysWithinMs = 1_000;

export function modelStateHandlers(plane: ControlPlane): Pick<Handlers, "getModelState"> {
  return { getModelState: async () => ({ body: together(await plane.channel.models(gatewaysWithinMs)) }) };
}

type Key = ModelState["providers"][number]["keys"][number];

function together(reports: readonly ModelState[]): ModelState {
  const [first, ...others] = reports;
  if (!first) return { models: [], providers: [], aliases: [] };
  const providers = first.providers.map((provider) => {
    const elsewhere = others.flatMap((report) => report.providers.find(({ name }) => name === provider.name)?.keys ?? []);
    return { ...provider, keys: provider.keys.map((key) => worst(key, elsewhere)) };
  });
  const aliases = first.aliases.map(({ name, targets }) => {
    const elsewhere = others.flatMap((report) => report.aliases.find((alias) => alias.name === name)?.targets ?? []);
    return {
      name,
      targets: targets.map((target) => {
        const same = [target, ...elsewhere.filter((other) => other.name === target.name)];
        return { name: target.name, streamMs: mean(same.map(({ streamMs }) => streamMs)), wholeMs: mean(same.map(({ wholeMs }) => wholeMs)) };
      }),
    };
  });
  return { models: first.models, providers, aliases };
}

function worst(key: Key, elsewhere: readonly Key[]): Key {
  return [key, ...elsewhere.filter(({ name }) => name === key.name)].reduce((one, other) => (other.restsForMs > one.restsForMs ? other : one));
}

function mean(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : known.reduce((sum, figure) => sum + figure, 0) / known.length;
}
