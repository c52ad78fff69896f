/** How long before the write the other's change was there: a race, or a page that was open all day. */
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { durationText } from "../../format/quantities.ts";

export function leadText({ at, current }: Pick<ConflictRecord, "at" | "current">): string {
  const changedAt = current?.changedAt === undefined ? Number.NaN : Date.parse(current.changedAt);
  const aheadMs = at - changedAt;
  return Number.isNaN(aheadMs) || aheadMs < 0 || current?.changedBy === "bypass" ? "" : `, whose change was there ${durationText(aheadMs)} before`;
}
