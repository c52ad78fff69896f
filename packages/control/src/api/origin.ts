/** Where a request came from and whom it meant: DNS rebinding and other sites are turned away here. */
import { isIP } from "node:net";
import { refuse } from "../refusal.ts";

export interface Hosts {
  /** The host that the server listens on, as configured. */
  listens: string;
  /** Further names under which people reach it. */
  names: readonly string[];
}

const loopbackNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * On loopback, a page of any site can have its own name resolve to 127.0.0.1 and would then share our origin. So only
 * names that cannot be another site's are answered. Elsewhere the name is not ours to know, and the session's cookie
 * is bound to the name that it was given under.
 */
export function expectHost(host: string | null, hosts: Hosts): void {
  if (!isLoopback(hosts.listens)) return;
  const name = hostName(host ?? "");
  if (loopbackNames.has(name) || name === hosts.listens || hosts.names.includes(name)) return;
  refuse("unknown-host", `the Host header says ${name.slice(0, 100) || "nothing"}`);
}

/**
 * Browsers say where a request comes from. A program that is no browser says nothing, and has no cookie that somebody
 * else could make it send.
 */
export function expectSameSite(headers: Headers, host: string | null): void {
  const site = headers.get("sec-fetch-site");
  if (site !== null) {
    if (site !== "same-origin" && site !== "none") refuse("cross-site", `the browser says that the request is ${site.slice(0, 20)}`);
    return;
  }
  const origin = headers.get("origin");
  if (origin === null) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host) refuse("cross-site", `the page at ${origin.slice(0, 200)} is not this console`);
}

export function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || (isIP(address) === 4 && address.startsWith("127.")) || address.startsWith("::ffff:127.");
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}
