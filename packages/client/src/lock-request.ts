/**
 * How a lease is asked for and what is granted. Parley tells a lease in JSON; a server with WebDAV's own locks (RFC 4918) wants to be
 * told which kind in XML, answers in XML, and takes the token of a write in `If`.
 */
import { LockLostError } from "./errors.ts";
import type { Request } from "./transport.ts";

export interface Granted {
  token: string;
  /** 0 where the server has none. */
  fence: number;
  /** For how long, which may be less than was asked for. */
  ttlMs: number;
  /** With every request under the lease. */
  headers: Record<string, string>;
}

export type Dialect = "parley" | "webdav";

const exclusive = '<?xml version="1.0" encoding="utf-8"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';

/** A renewal says by its token what is renewed, and has no body in either dialect. */
export function lockRequest(url: string, ttlMs: number, dialect: Dialect = "parley"): Request & { headers: Record<string, string> } {
  const headers = { Timeout: `Second-${Math.max(1, Math.ceil(ttlMs / 1000))}`, Accept: "application/json, application/xml;q=0.5" };
  return dialect === "parley" ? { method: "LOCK", url, headers } : { method: "LOCK", url, headers: { ...headers, Depth: "0", "Content-Type": "application/xml" }, body: exclusive };
}

/** RFC 4918 §9.10.2: a LOCK without a body renews, so that a server that knows no other refuses one that has no token. */
export function wantsWebdav({ status, problem }: { status: number; problem: { code?: string } }): boolean {
  return (status === 400 || status === 412 || status === 415) && problem.code === undefined;
}

export async function grantedBy(response: Response, askedMs: number): Promise<Granted> {
  const text = await response.text();
  const body = jsonOf(text);
  const token = body?.token ?? /^<(.*)>$/.exec(response.headers.get("lock-token") ?? "")?.[1];
  if (token === undefined) throw new LockLostError("the server granted a lock without saying which");
  const seconds = /Second-(\d{1,10})/.exec(response.headers.get("timeout") ?? (body === null ? text : ""))?.[1];
  const headers = { "Lock-Token": `<${token}>`, ...(body === null ? { If: `(<${token}>)` } : {}) };
  return { token, fence: body?.fence ?? 0, ttlMs: seconds === undefined ? askedMs : Math.min(askedMs, Number(seconds) * 1000), headers };
}

/** Null where it is none, which is the other dialect. */
function jsonOf(text: string): { token?: string; fence?: number } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}
