/** Hot path (benchmarks: http). What `Via` says (RFC 9110 §7.6.3): the version in which a message came, and to whom. */

/** `version` as `1.1`; a version without a minor number has 0 as that (RFC 9110 §2.5). */
export function via(version: string | undefined): string {
  return version === undefined || version === "1.1" ? "1.1 parley" : `${version} parley`;
}
