/** A place in the resource's queue, and what whoever took it knows of the write besides. */
import type { WritePlace } from "@parley/stores/ports/ledger";
import type { Refusal } from "@parley/contract/problems/problem";
import type { Answer } from "../../../../exchange/whole-answer.ts";
import type { Complaint } from "../complaint.ts";
import type { AskedAs } from "../representation/asked-as.ts";
import type { Representation } from "../representation/representation.ts";

export interface Placed {
  place: Extract<WritePlace, { kind: "granted" }>;
  /** As its tag was asked for, as far as this worker knows. */
  given: AskedAs | undefined;
  isGone: () => boolean;
  /** Where the lease is not on this very place: settled when that is lost, or the write under it is over. */
  leaseLost?: Promise<{ kind: "lost" | "over" }>;
  /** What was seen in front of the place; it counts where the ledger has sent the write with it. */
  early?: Representation | null;
  /** Of a create with a unique value. */
  unique?: {
    created(answer: Answer | null): Promise<void>;
    /** Something better than the upstream's refusal; null for nothing. */
    refused(answer: Answer): Promise<(() => Promise<void>) | null>;
  };
}

/** Why a write ends before anything of it was carried out. */
export type Stop = { refusal: Refusal } | { complaint: Complaint } | { gone: true };
