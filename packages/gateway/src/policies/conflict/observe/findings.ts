/** What observing finds. */

/** An update that was overwritten unnoticed: after `actor`'s last read somebody else changed these places, and `actor`'s write undid it. */
export interface LostUpdate {
  resource: string;
  /** Who overwrote it, without knowing. */
  actor: string;
  callId: string;
  readAt: number;
  at: number;
  lost: LostChange[];
}

export interface LostChange {
  /** Whose change it was. */
  actor: string;
  callId: string;
  at: number;
  pointer: string;
  /** `put-back`: the value that `actor` had read is there again. `took-away`: what was added is gone. */
  how: "put-back" | "took-away";
}

/** Who has written the resource last, after another actor had read it last. */
export interface Overtaken {
  writer: string;
  writtenAt: number;
}

/** Two actors hold the same resource for editing: both read it, and one has written since. */
export interface PotentialConflict {
  resource: string;
  /** Who holds what is no longer current. */
  reader: string;
  readAt: number;
  writer: string;
  writtenAt: number;
  callId: string;
  /** What the writer changed. */
  pointers: string[];
}
