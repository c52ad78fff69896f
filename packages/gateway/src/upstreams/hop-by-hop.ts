/** Hot path (benchmarks: http). Fields that belong to one connection and are never forwarded (RFC 9110 §7.6.1). */
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "proxy-authentication-info", "te", "transfer-encoding", "upgrade"]);

export function isHopByHop(lowerName: string): boolean {
  return hopByHop.has(lowerName);
}

/** The fields that Connection names, in lower case; null for the usual `close` and `keep-alive`. */
export function namedByConnection(connection: string | undefined): Set<string> | null {
  if (connection === undefined || connection === "keep-alive" || connection === "close" || connection === "Keep-Alive") return null;
  const names = connection.split(",").map((name) => name.trim().toLowerCase());
  return new Set(names);
}
