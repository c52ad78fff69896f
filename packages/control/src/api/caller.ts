/** Who calls the admin API: a person with a session, or a program with the admin token. */
import { hash, timingSafeEqual } from "node:crypto";
import type { Role } from "@parley/contract/api/operation";
import { refuse } from "../refusal.ts";
import type { SignIn } from "../sign-in/sign-in.ts";
import { sessionToken } from "./session-cookie.ts";

export interface Caller {
  /** As the audit log names it. */
  name: string;
  role: Role;
  expiresAt: number;
  /** Null for a program with a token. */
  sessionToken: string | null;
}

/** Bearer tokens that are owners; the actor says which it was. */
export interface BearerTokens {
  token: string | null;
  cli: string | null;
}

/** Tokens do not expire; a time is still owed to whoever asks. */
const never = Date.UTC(9999, 0);

export async function callerOf(headers: Headers, identity: { signIn: SignIn; tokens: BearerTokens; cookieName: string }): Promise<Caller | null> {
  const authorization = headers.get("authorization");
  if (authorization !== null) return bearerCaller(authorization, identity.tokens);
  const token = sessionToken(headers, identity.cookieName);
  const session = token === null ? null : await identity.signIn.session(token);
  return session && { name: session.person, role: session.role, expiresAt: session.expiresAt, sessionToken: token };
}

/** A wrong token is refused outright: whoever sends one means to use it. */
function bearerCaller(authorization: string, tokens: BearerTokens): Caller {
  const sent = /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
  for (const [name, token] of Object.entries(tokens) as [keyof BearerTokens, string | null][]) {
    if (token && sameText(sent, token)) return { name, role: "owner", expiresAt: never, sessionToken: null };
  }
  refuse("not-signed-in", "the token in Authorization is not the admin token", { headers: { "WWW-Authenticate": 'Bearer realm="Parley"' } });
}

/** In constant time: hashes have one length. */
function sameText(one: string, other: string): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}

const rank: Record<Role, number> = { viewer: 0, editor: 1, owner: 2 };

export function expectRole(caller: Caller, role: Role): void {
  if (rank[caller.role] >= rank[role]) return;
  refuse("forbidden", `this needs the role ${role}; ${caller.name} has the role ${caller.role}`, { fix: `Ask an owner to give ${caller.name} the role ${role}.`, extensions: { role } });
}
