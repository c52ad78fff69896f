/** JSON pointers (RFC 6901). */

export function escapeSegment(segment: string): string {
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}

export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${escapeSegment(String(part))}`).join("");
}

export function segmentsOf(pointer: string): string[] {
  return pointer === "" ? [] : pointer.slice(1).split("/").map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}
