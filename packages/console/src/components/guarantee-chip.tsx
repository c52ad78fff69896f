/** What a service's writers can rely on, in one word, always drawn the same way. */
import type { GuaranteeLevel } from "@parley/contract/conflicts/cause";
import { Chip, type Meaning } from "./chip.tsx";

const levels: Record<GuaranteeLevel, { meaning: Meaning; claim: string }> = {
  atomic: { meaning: "ok", claim: "no lost update, even when others write past the gateway" },
  serialized: { meaning: "ok", claim: "no lost update among writers that come through the gateway" },
  detect: { meaning: "warning", claim: "an overwrite between the look and the write shows afterwards" },
  none: { meaning: "neutral", claim: "nothing is promised" },
};

export function GuaranteeChip({ level }: { level: GuaranteeLevel }) {
  const { meaning, claim } = levels[level];
  return <Chip meaning={meaning} title={claim}>{level}</Chip>;
}
