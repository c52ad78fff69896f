/** Whether what is there now is a state that the ledger does not know: somebody wrote past the gateway. */
import type { ResourceState } from "@parley/stores/ports/ledger";
import type { Representation } from "./representation.ts";

/** `view` is the one that the ledger's state is of. Where nothing can be said, false. */
export function isBypass(state: ResourceState | null, current: Representation | null, view: string): boolean {
  if (current === null || !current.exists || state === null || current.key === null || current.view !== view) return false;
  // Recorded under the other kind of validator: nothing follows from the difference.
  if (state.digest !== null && (state.etag === null) !== (current.etag === null)) return false;
  return state.digest !== null ? state.digest !== current.key : state.etag !== null && current.etag !== null && state.etag !== current.etag;
}
