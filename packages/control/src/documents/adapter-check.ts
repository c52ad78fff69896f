/** Adapters of a service held to the documents of both versions; where one has no document there is nothing to hold them to. */
import { checkMapping, checkPlaces, type ApiDocument, type MappingStep } from "@parley/openapi";
import type { Json } from "@parley/stores/ports/config-store";

interface Look {
  versions?: { list?: Record<string, { adapt?: { to: string; request?: MappingStep[]; response?: MappingStep[]; keep?: string[] } } | null> };
}

export interface AdapterMistake {
  /** Into the service's spec. */
  pointer: string;
  message: string;
}

const maxMistakes = 50;

export function adapterMistakes(spec: Json, documentOf: (version: string) => ApiDocument | null): AdapterMistake[] {
  return Object.entries((spec as unknown as Look).versions?.list ?? {}).flatMap(([version, settings]) => {
    const adapt = settings?.adapt;
    if (adapt === undefined) return [];
    const [older, newer] = [documentOf(version), documentOf(adapt.to)];
    if (older === null || newer === null) return [];
    const at = `/versions/list/${version}/adapt`;
    const requests = checkMapping(adapt.request ?? [], { from: older, to: newer, direction: "request" });
    const answers = checkMapping(adapt.response ?? [], { from: newer, to: older, direction: "response" });
    const kept = checkPlaces(adapt.keep ?? [], newer);
    return [...placed(requests, `${at}/request`), ...placed(answers, `${at}/response`), ...placed(kept, `${at}/keep`)].slice(0, maxMistakes);
  });
}

function placed(mistakes: readonly AdapterMistake[], at: string): AdapterMistake[] {
  return mistakes.map(({ pointer, message }) => ({ pointer: at + pointer, message }));
}
