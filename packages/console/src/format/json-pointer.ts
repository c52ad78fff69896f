/** JSON pointers (RFC 6901) as text. */
export function pointerTo(...members: (string | number)[]): string {
  return members.map((member) => `/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
