/** What is known of a request before anything is decided about it. */
import type { BearerTokens } from "./caller.ts";
import type { CookiePlace } from "./session-cookie.ts";
import type { SignIn } from "../sign-in/sign-in.ts";

export interface RequestContext {
  request: Request;
  url: URL;
  /** Decoded, by name. */
  parameters: Record<string, string>;
  host: string | null;
  /** Scheme and host as the caller sees them. */
  origin: string;
  clientAddress: string;
  cookie: CookiePlace;
  identity: { signIn: SignIn; tokens: BearerTokens; cookieName: string };
}
