/** What the workers of a gateway tell one another: which target was quick, which one a conversation stays at. */
import type { Counters } from "@parley/stores/ports/counters";

export type SharedNotes = Pick<Counters, "note" | "noted">;
