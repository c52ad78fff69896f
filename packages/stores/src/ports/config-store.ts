/**
 * The configuration store: what must never be lost. Configured entities, people, their sessions and sign-in links, and
 * the audit log. Every write is guarded by what it was based on, and is on disk with its audit entries or not at all.
 * Times are Unix milliseconds and given by the caller; secrets arrive sealed or hashed, never plain.
 */
import type { Role } from "@parley/contract/api/operation";
import type { AuditEntry } from "@parley/contract/api/system";
import type { AlertStore } from "./alert-store.ts";
import type { SearchStore } from "./search-store.ts";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface ConfigStore {
  /** Names the engine for the status page, such as `SQLite`. */
  readonly engine: string;
  readonly entities: EntityStore;
  readonly people: PeopleStore;
  readonly sessions: SessionStore;
  readonly links: LinkStore;
  readonly audit: AuditStore;
  /** In both configuration modes: how alerts stand, silences, and messages that are still to be sent. */
  readonly alerts: AlertStore;
  readonly searches: SearchStore;
  /** One more than ever before and than `above`; survives restarts. */
  nextSnapshotVersion(above: number): Promise<number>;
  /** Rejects when the store cannot answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** The store cannot answer, or cannot take anything, now: its disk is full, or its file is locked, damaged or out of reach. */
export class ConfigStoreUnavailableError extends Error {
  override readonly name = "ConfigStoreUnavailableError";
  readonly isDiskFull: boolean;

  constructor(message: string, { isDiskFull, cause }: { isDiskFull: boolean; cause?: unknown }) {
    super(message, { cause });
    this.isDiskFull = isDiskFull;
  }
}

export interface StoredEntity {
  kind: string;
  name: string;
  spec: Json;
  /** New with every write and never used again, also not after a backup is restored. Without quotes. */
  tag: string;
  updatedAt: number;
  updatedBy: string;
}

export interface EntityStore {
  /** Everything, and the tag of the configuration as a whole; `untouched` until the first commit ever. */
  read(): Promise<{ tag: string; entities: StoredEntity[]; untouched: boolean }>;
  tag(): Promise<string>;
  /** All or nothing, and only if `base` is still the configuration's tag. */
  commit(commit: EntityCommit): Promise<EntityCommitOutcome>;
}

export interface EntityCommit {
  base: string;
  /** A null spec removes the entity. */
  writes: { kind: string; name: string; spec: Json | null }[];
  actor: string;
  at: number;
  audit: AuditDraft[];
}

export type EntityCommitOutcome = { stale: true } | { stale: false; tag: string; written: StoredEntity[] };

export interface StoredPerson {
  name: string;
  role: Role;
  disabled: boolean;
  /** Null until a sign-in link was used. */
  passwordHash: string | null;
  tag: string;
  createdAt: number;
  lastSeenAt: number | null;
}

export interface PeopleStore {
  list(): Promise<StoredPerson[]>;
  /** Letters may be large or small, where only one person is meant then. */
  get(name: string): Promise<StoredPerson | null>;
  /** Null when the name is taken, in whatever case. */
  add(person: { name: string; role: Role; at: number }, audit: AuditDraft[]): Promise<StoredPerson | null>;
  /** `expected` holds the tags that may be current; null accepts any. Disabling ends the person's sessions and links. */
  change(change: { name: string; expected: string[] | null; role?: Role; disabled?: boolean }, audit: AuditDraft[]): Promise<PersonOutcome>;
  remove(removal: { name: string; expected: string[] | null }, audit: AuditDraft[]): Promise<PersonOutcome>;
  /** By the name as it is stored. Ends all sessions of the person except `keep` (a token hash), and their links. */
  setPassword(change: { name: string; passwordHash: string; keep: string | null }, audit: AuditDraft[]): Promise<void>;
}

export type PersonOutcome =
  | { outcome: "done"; person: StoredPerson }
  | { outcome: "absent" }
  | { outcome: "stale"; person: StoredPerson }
  /** Nobody enabled and able to sign in would be left to manage people. */
  | { outcome: "last-owner" };

export interface StoredSession {
  person: string;
  role: Role;
  createdAt: number;
  expiresAt: number;
}

/** Sessions are known by the hash of their token. */
export interface SessionStore {
  create(session: { tokenHash: string; person: string; at: number; expiresAt: number; idleMs: number }): Promise<void>;
  /** Null when it is unknown, expired or idle for too long, or its person is disabled. Counts as use. */
  find(tokenHash: string, at: number): Promise<StoredSession | null>;
  end(tokenHash: string): Promise<void>;
  deleteExpired(at: number): Promise<void>;
}

export interface LinkStore {
  /** Replaces the person's link. A link for null lets the first person in, and works only while there is nobody. */
  create(link: { tokenHash: string; person: string | null; at: number; expiresAt: number }): Promise<void>;
  find(tokenHash: string, at: number): Promise<{ person: string | null; expiresAt: number } | null>;
  /** Uses the link up: sets the password of its person, or makes the first person, an owner called `name`. Null when it is not good (any more). */
  accept(use: { tokenHash: string; name: string | null; passwordHash: string; at: number }, audit: (person: string) => AuditDraft[]): Promise<StoredPerson | null>;
}

export interface AuditDraft extends Omit<AuditEntry, "id" | "at"> {
  at: number;
}

export interface AuditQuery {
  limit: number;
  /** Entries with a smaller id only. */
  before: number | null;
  kind?: string | undefined;
  name?: string | undefined;
  actor?: string | undefined;
}

export interface AuditStore {
  add(entries: AuditDraft[]): Promise<void>;
  /** Newest first. */
  find(query: AuditQuery): Promise<AuditEntry[]>;
  /** Failed attempts are noise after a while; everything else stays. */
  deleteFailedSignInsBefore(at: number): Promise<void>;
}
