/** Where a version stands in paths: in those that callers use, and in those that name resources within the gateway. */

export interface VersionPath {
  /** `/v1` where the call names its version by its path, else "". */
  shown: string;
  /** `/v1` of a version with an upstream of its own, whose resources are not the others'; else "". */
  own: string;
}

interface Place {
  /** Of the service, on the gateway. */
  servicePath: string;
  /** Absent where the version stands in neither. */
  versionPath: VersionPath | undefined;
}

/** The resource that a caller of the version means by a path. */
export function resourceOfShown(path: string, { servicePath, versionPath }: Place): string {
  return versionPath === undefined ? path : exchanged(path, servicePath, [versionPath.shown, versionPath.own]);
}

/** The path by which a caller of the version gets to a resource. */
export function shownPath(path: string, { servicePath, versionPath }: Place): string {
  return versionPath === undefined ? path : exchanged(path, servicePath, [versionPath.own, versionPath.shown]);
}

function exchanged(path: string, servicePath: string, [from, to]: readonly [string, string]): string {
  const front = servicePath === "/" ? "" : servicePath;
  const before = front + from;
  return path === before || path.startsWith(`${before}/`) ? front + to + path.slice(before.length) : path;
}
