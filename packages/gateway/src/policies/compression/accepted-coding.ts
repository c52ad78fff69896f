/** Hot path of services with compression. Which coding a caller takes best (RFC 9110 §12.5.3). */
import type { Coding } from "@parley/contract/config/compression";

/** Null where it takes none of ours, or likes the plain body better. Of equals, the first of `codings`. */
export function acceptedCoding(accepted: string | undefined, codings: readonly Coding[]): Coding | null {
  if (accepted === undefined || accepted === "") return null;
  const weights = weightsOf(accepted);
  const others = weights.get("*");
  let best: Coding | null = null;
  let bestWeight = 0;
  for (const coding of codings) {
    const weight = weights.get(coding) ?? (coding === "gzip" ? weights.get("x-gzip") : undefined) ?? others ?? 0;
    if (weight > bestWeight) [best, bestWeight] = [coding, weight];
  }
  return bestWeight >= (weights.get("identity") ?? 0) ? best : null;
}

function weightsOf(accepted: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const member of accepted.split(",", 20)) {
    const [name = "", ...parameters] = member.split(";");
    const quality = parameters.map((parameter) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/i.exec(parameter)?.[1]).find((found) => found !== undefined);
    weights.set(name.trim().toLowerCase(), quality === undefined ? 1 : Number(quality));
  }
  return weights;
}
