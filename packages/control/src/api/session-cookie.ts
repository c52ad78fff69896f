/**
 * The session's cookie: out of reach for scripts and other sites, and bound to this host where the connection allows it.
 * Cookies do not tell ports apart, so the name does: two installations on one machine do not sign each other out.
 */
export interface CookiePlace {
  name: string;
  secure: boolean;
}

export function cookiePlace(port: number, secure: boolean): CookiePlace {
  return { secure, name: secure ? "__Host-parley" : `parley_${port}` };
}

export function sessionToken(headers: Headers, name: string): string | null {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}

export function sessionCookie(place: CookiePlace, token: string, maxAgeSeconds: number): string {
  return `${place.name}=${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${place.secure ? "; Secure" : ""}`;
}

export function endedCookie(place: CookiePlace): string {
  return sessionCookie(place, "", 0);
}
