/**
 * Creates with a unique value (`conflict.uniqueKey`) in a batch: as ones that come alone, but for `convert-to-update`, since one
 * request cannot become another in the middle of a batch; such an item is refused as a duplicate.
 */
import type { GuardedCall } from "../guard/guarded-call.ts";
import { answerDuplicate } from "../guard/create/duplicate-answer.ts";
import type { Placed } from "../guard/write/placed.ts";
import { refusedDuplicate, rememberCreate, rememberedDuplicate, type UniqueValue } from "../guard/create/unique-create.ts";
import type { PlacedItem } from "./item-places.ts";

/** Of one that is there already nothing is sent. */
export async function answeredAsDuplicate({ call, place, item }: PlacedItem): Promise<boolean> {
  const known = item.unique === null ? null : await rememberedDuplicate(call, item.unique);
  if (known === null) return false;
  await call.plan.ports.ledger.finishWrite({ write: place.write, outcome: "not-applied", etag: null, digest: null, response: null, fsync: false });
  await answerDuplicate(call, known, null);
  return true;
}

export function batchUnique(call: GuardedCall, unique: UniqueValue): NonNullable<Placed["unique"]> {
  return {
    created: (said) => rememberCreate(call, unique, said),
    refused: async (said) => {
      const existing = call.plan.settings.onDuplicate === "return-existing" ? await refusedDuplicate(call, unique, said) : null;
      return existing === null ? null : () => answerDuplicate(call, existing, null);
    },
  };
}
