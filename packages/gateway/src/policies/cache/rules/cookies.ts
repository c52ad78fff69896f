/**
 * Answers to calls with cookies. A cookie may be who somebody is, which RFC 9111 leaves to the service to say; where it says
 * nothing of caches at all, what `ttl` alone would keep is for those who have none.
 */
import { selectingFields } from "./vary.ts";
import { fieldValue } from "../../../exchange/raw-fields.ts";
import { says } from "./cache-control.ts";
import { type Received, saysFreshness } from "./freshness.ts";

export function isForNoCookies(answer: Pick<Received, "rawHeaders" | "control">): boolean {
  return !saysFreshness(answer) && !says(answer.control, "public") && selectingFields(fieldValue(answer.rawHeaders, "vary"))?.includes("cookie") !== true;
}
