/** A member that an object of a body has twice: the gateway would judge one, and the service perhaps carry out the other. For what JSON.parse has taken. */
import { repeatedMember as repeatedIn } from "@parley/merge";

/** As a JSON pointer; null where every name is there once. */
export function repeatedMember(bytes: Buffer): string | null {
  return repeatedIn(bytes.toString("utf8"));
}
