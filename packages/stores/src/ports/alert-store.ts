/**
 * What is remembered of alerts: how each stands, what happened, and the messages that are still to be sent. What an alert did
 * and the messages about it are written together or not at all, so that none is lost and none is sent for nothing.
 * Times are Unix milliseconds and given by the caller.
 */
import type { AlertEvent, AlertState } from "@parley/contract/api/alerts";
import type { AuditDraft } from "./config-store.ts";

/** Kept over a restart; what is measured anew at once is not. */
export interface StoredAlertState extends Pick<AlertState, "alert" | "state" | "since" | "acknowledged" | "silenced"> {
  /** When a message about the firing went out last; null where none did. */
  toldAt: number | null;
}

export type AlertEventDraft = Omit<AlertEvent, "id" | "deliveries">;

export interface DeliveryDraft {
  /** The receiver sees it, and the same one at every attempt. */
  id: string;
  channel: string;
  /** What is to be told, as JSON. */
  message: string;
  at: number;
  /** Which of the events written with it the message is about, by their places. */
  events: number[];
}

export interface StoredDelivery extends Omit<DeliveryDraft, "events"> {
  attempts: number;
}

export interface AlertStore {
  states(): Promise<StoredAlertState[]>;
  /** All or nothing, with the entries of the audit log. An event of the same alert, kind and moment as one that is there is left out, and so is a message about nothing else. */
  commit(change: { states: StoredAlertState[]; events: AlertEventDraft[]; deliveries: DeliveryDraft[]; audit?: AuditDraft[] }): Promise<void>;
  forget(alerts: readonly string[]): Promise<void>;
  /** Newest first, those with a smaller id than `before` only. */
  events(query: { alert?: string | undefined; before?: number | undefined; limit: number }): Promise<AlertEvent[]>;
  /** Messages that are to be sent by now, the oldest first. */
  due(at: number, limit: number): Promise<StoredDelivery[]>;
  /** When the next message is due; null where none waits. */
  nextDue(): Promise<number | null>;
  /** `nextAt` null: given up. */
  settle(outcome: { id: string } & ({ delivered: true; at: number } | { delivered: false; error: string; nextAt: number | null })): Promise<void>;
  /** Events, and messages that are over. */
  deleteBefore(at: number): Promise<void>;
}
