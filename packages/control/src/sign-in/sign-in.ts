/**
 * Who people are: sign-in by password or by link, sessions, the limits on guessing. Hides hashing and time. Knows the
 * stores' ports, and nothing of HTTP.
 */
import type { Role } from "@parley/contract/api/operation";
import { isOwnActor, ownActorMessage } from "@parley/contract/api/people";
import type { AuditEntry } from "@parley/contract/api/system";
import type { AuditDraft, ConfigStore, StoredSession } from "@parley/stores/ports/config-store";
import { refuse, refuseBody } from "../refusal.ts";
import { addressGroup, Attempts } from "./attempts.ts";
import { Passwords } from "./passwords.ts";
import { newToken, tokenHash, type RandomBytes } from "./tokens.ts";

export const sessionLifetimeMs = 7 * 24 * 3_600_000;
export const sessionIdleMs = 24 * 3_600_000;
const linkLifetimeMs = 24 * 3_600_000;

const perAddress = { failures: 10, windowMs: 5 * 60_000 };
const perName = { failures: 20, windowMs: 15 * 60_000 };

export interface NewSession {
  token: string;
  name: string;
  role: Role;
  expiresAt: number;
}

export interface SignInPorts {
  store: Pick<ConfigStore, "people" | "sessions" | "links" | "audit">;
  random: RandomBytes;
  now: () => number;
  /** Told the hashes of sessions that end before their time; null when it is not known which. */
  onSessionsEnded: (person: string, tokenHash: string | null) => void;
}

export class SignIn {
  readonly #ports: SignInPorts;
  readonly #passwords: Passwords;
  readonly #byAddress: Attempts;
  readonly #byName: Attempts;

  constructor(ports: SignInPorts) {
    this.#ports = ports;
    this.#passwords = new Passwords(newToken(ports.random));
    this.#byAddress = new Attempts(perAddress, ports.now);
    this.#byName = new Attempts(perName, ports.now);
  }

  async withPassword(name: string, password: string, address: string): Promise<NewSession> {
    this.#admit(address, name);
    const person = await this.#ports.store.people.get(name);
    const right = await this.#passwords.verify(person?.passwordHash ?? null, password);
    if (!right || !person || person.disabled) {
      this.#failed(address, name);
      await this.#ports.store.audit.add([this.#draft(name.slice(0, 128), "sign-in-failed", address)]);
      refuse("wrong-credentials", "no enabled person has this name and password");
    }
    this.#byName.succeeded(name.toLowerCase());
    await this.#ports.store.audit.add([this.#draft(person.name, "sign-in", address)]);
    return this.#begin(person.name, person.role);
  }

  async withLink(use: { token: string; name: string | null; password: string }, address: string): Promise<NewSession> {
    const link = await this.inspectLink(use.token, address);
    if (link.name === null) expectFirstName(use.name);
    const passwordHash = await this.#passwords.hash(use.password);
    const audit = (person: string): AuditDraft[] => [
      ...(link.name === null ? [{ ...this.#draft(person, "create", address), kind: "person", changes: [{ op: "add" as const, path: "", value: { name: person, role: "owner" } }] }] : []),
      this.#draft(person, "password", address), this.#draft(person, "sign-in", address),
    ];
    const person = await this.#ports.store.links.accept({ tokenHash: tokenHash(use.token), name: use.name, passwordHash, at: this.#ports.now() }, audit);
    if (!person) refuse("sign-in-link-used", "the link was used meanwhile");
    this.#ports.onSessionsEnded(person.name, null);
    return this.#begin(person.name, person.role);
  }

  async inspectLink(token: string, address: string): Promise<{ name: string | null; expiresAt: number }> {
    this.#admit(address, null);
    const link = await this.#ports.store.links.find(tokenHash(token), this.#ports.now());
    if (!link) {
      this.#failed(address, null);
      refuse("sign-in-link-used", "the link was used, replaced by a newer one, or has expired");
    }
    return { name: link.person, expiresAt: link.expiresAt };
  }

  /** Replaces the person's link. The token is in the answer and nowhere else. */
  async newLink(person: string | null): Promise<{ token: string; expiresAt: number }> {
    return createLink(this.#ports.store, { person, random: this.#ports.random, at: this.#ports.now() });
  }

  async changePassword(change: { name: string; current: string; next: string; keep: string }, address: string): Promise<void> {
    this.#admit(address, change.name);
    const person = await this.#ports.store.people.get(change.name);
    if (!(await this.#passwords.verify(person?.passwordHash ?? null, change.current))) {
      this.#failed(address, change.name);
      refuse("wrong-credentials", "the current password is another one", { fix: "Enter the password that you signed in with." });
    }
    const passwordHash = await this.#passwords.hash(change.next);
    await this.#ports.store.people.setPassword({ name: change.name, passwordHash, keep: change.keep }, [this.#draft(change.name, "password", address)]);
    this.#ports.onSessionsEnded(change.name, null);
  }

  session(token: string): Promise<StoredSession | null> {
    return this.#ports.store.sessions.find(tokenHash(token), this.#ports.now());
  }

  async end(token: string, name: string, address: string): Promise<void> {
    await this.#ports.store.sessions.end(tokenHash(token));
    await this.#ports.store.audit.add([this.#draft(name, "sign-out", address)]);
    this.#ports.onSessionsEnded(name, tokenHash(token));
  }

  async #begin(name: string, role: Role): Promise<NewSession> {
    const token = newToken(this.#ports.random);
    const at = this.#ports.now();
    await this.#ports.store.sessions.create({ tokenHash: tokenHash(token), person: name, at, expiresAt: at + sessionLifetimeMs, idleMs: sessionIdleMs });
    return { token, name, role, expiresAt: at + sessionLifetimeMs };
  }

  #admit(address: string, name: string | null): void {
    const waitMs = Math.max(this.#byAddress.waitMs(addressGroup(address)), name === null ? 0 : this.#byName.waitMs(name.toLowerCase()));
    if (waitMs > 0) refuse("too-many-attempts", `try again in ${Math.ceil(waitMs / 1000)} s`, { headers: { "Retry-After": String(Math.ceil(waitMs / 1000)) } });
  }

  #failed(address: string, name: string | null): void {
    this.#byAddress.failed(addressGroup(address));
    // A person is found in whatever case: each way of writing it is a guess at the same password.
    if (name !== null) this.#byName.failed(name.toLowerCase());
  }

  #draft(name: string, action: AuditEntry["action"], clientAddress: string): AuditDraft {
    return { at: this.#ports.now(), actor: name, action, kind: "session", name, changes: [], clientAddress };
  }
}

export async function createLink(store: Pick<ConfigStore, "links">, link: { person: string | null; random: RandomBytes; at: number }): Promise<{ token: string; expiresAt: number }> {
  const token = newToken(link.random);
  const expiresAt = link.at + linkLifetimeMs;
  await store.links.create({ tokenHash: tokenHash(token), person: link.person, at: link.at, expiresAt });
  return { token, expiresAt };
}

/** The token stays behind the #, so that it reaches no server's log and no Referer. */
export function signInUrl(origin: string, token: string): string {
  return `${origin}/welcome#token=${token}`;
}

function expectFirstName(name: string | null): void {
  if (name === null) refuseBody([{ pointer: "/name", message: "the first person chooses a name" }]);
  if (isOwnActor(name)) refuseBody([{ pointer: "/name", message: ownActorMessage }]);
}
