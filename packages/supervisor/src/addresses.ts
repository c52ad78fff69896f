/** The URL under which this machine reaches what listens on a host and a port. */
export function localUrl(host: string, port: number, secure = false): string {
  const reachable = host === "0.0.0.0" || host === "" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `${secure ? "https" : "http"}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
