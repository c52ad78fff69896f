/**
 * Bodies of calls as they are kept: redacted and sealed by the gateway, in lines of a spool of their own, which the control
 * plane moves into the store of bodies. What is not sealed is only what finding and throwing away need.
 */

export interface KeptBody {
  /** As the message said; empty where it said none. */
  contentType: string;
  /** On the wire, all of it. */
  bytes: number;
  /** Redacted; null where `withheld` says why. */
  text: string | null;
  /** Only its beginning is kept. */
  truncated: boolean;
  /** `no-text`: images and the like, or a coding that cannot be undone. `not-redactable`: nobody knows where in it the secrets are. */
  withheld?: "no-text" | "not-redactable";
}

/** Null where there was no body. */
export interface CallBodies {
  request: KeptBody | null;
  response: KeptBody | null;
}

/** One line of a segment. */
export interface SealedBodies {
  /** The call's id. */
  id: string;
  /** Unix milliseconds, as in the call's record. */
  at: number;
  service: string;
  /** `CallBodies` as JSON, sealed under `bodiesPurpose`. */
  sealed: string;
}

/** What the seal of a call's bodies is bound to. */
export function bodiesPurpose(id: string): string {
  return `call-bodies/${id}`;
}
