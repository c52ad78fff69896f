/** Signing in and out, and one's own password. */
import type { Session } from "@parley/contract/api/people";
import { refuse } from "../../refusal.ts";
import { sessionLifetimeMs, type NewSession } from "../../sign-in/sign-in.ts";
import { tokenHash } from "../../sign-in/tokens.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers, OperationAnswer } from "../handler.ts";
import { endedCookie, sessionCookie, type CookiePlace } from "../session-cookie.ts";

export function sessionHandlers(plane: ControlPlane): Pick<Handlers, "getSession" | "signIn" | "acceptLink" | "inspectLink" | "changePassword" | "signOut"> {
  const { signIn } = plane;
  const begun = (session: NewSession, cookie: CookiePlace): OperationAnswer<Session> => ({
    body: sessionBody(plane, session),
    headers: { "Set-Cookie": sessionCookie(cookie, session.token, sessionLifetimeMs / 1000) },
  });
  return {
    getSession: async ({ caller }) => ({ body: sessionBody(plane, caller) }),
    signIn: async ({ body, clientAddress, cookie }) => begun(await signIn.withPassword(body.name, body.password, clientAddress), cookie),
    acceptLink: async ({ body, clientAddress, cookie }) => begun(await signIn.withLink({ ...body, name: body.name ?? null }, clientAddress), cookie),
    inspectLink: async ({ body, clientAddress }) => {
      const { name, expiresAt } = await signIn.inspectLink(body.token, clientAddress);
      return { body: { name, expiresAt: new Date(expiresAt).toISOString() } };
    },
    changePassword: async ({ body, caller, clientAddress }) => {
      if (caller.sessionToken === null) refuse("forbidden", "a token has no password", { fix: "Sign in as a person." });
      await signIn.changePassword({ name: caller.name, ...body, keep: tokenHash(caller.sessionToken) }, clientAddress);
      return {};
    },
    signOut: async ({ caller, clientAddress, cookie }) => {
      if (caller.sessionToken !== null) await signIn.end(caller.sessionToken, caller.name, clientAddress);
      return { headers: { "Set-Cookie": endedCookie(cookie) } };
    },
  };
}

function sessionBody(plane: ControlPlane, { name, role, expiresAt }: Pick<NewSession, "name" | "role" | "expiresAt">): Session {
  return { person: { name, role }, mode: plane.configuration.mode, expiresAt: new Date(expiresAt).toISOString() };
}
