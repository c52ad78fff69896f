/** Why a folder cannot be made or used, in words that name the place, and what helps there. */
import { accessSync, constants, lstatSync, readlinkSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StartError } from "./start-error.ts";

export interface FolderTrouble {
  why: string;
  fix: string;
}

const elsewhere = "Choose another directory with --data or PARLEY_DATA.";

export function unusableFolder(path: string, error: unknown): StartError {
  const { why, fix } = troubleOf(path, error as NodeJS.ErrnoException);
  return new StartError("data-unusable", `the data directory ${path} cannot be used: ${why}`, fix);
}

export function silentFolder(path: string, waitedMs: number): StartError {
  return new StartError("data-unusable", `the data directory ${path} cannot be used: its file system has not answered for ${waitedMs / 1_000} s`, `Network file systems do that when their server is gone; the data directory belongs on a local disk. ${elsewhere}`);
}

/** What would keep a folder from being used, or from being made, found without making it; null where nothing does. */
export function folderTrouble(path: string): FolderTrouble | null {
  try {
    expectUsableName(path);
    const there = expectFolder(path) ? path : deepestThere(path);
    expectFolder(there);
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return troubleOf(path, error as NodeJS.ErrnoException);
  }
}

/** The engine of the call log takes what follows a question mark for no part of a file's name. */
export function expectUsableName(path: string): void {
  if (path.includes("?")) throw Object.assign(new Error("its name has a question mark, and no file of the call log can be called so"), { code: "EINVAL" });
}

/** False where nothing is there; throws where something else than a directory is, or it cannot be told. */
export function expectFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw Object.assign(new Error(`${path} is not a directory`), { code: "ENOTDIR" });
  return found !== undefined;
}

function troubleOf(path: string, { code = "", message }: NodeJS.ErrnoException): FolderTrouble {
  const place = deepestThere(path);
  return (troubles[code] ?? otherTrouble)(place, message);
}

type Describe = (place: string, message: string) => FolderTrouble;

const otherTrouble: Describe = (_, message) => ({ why: message, fix: `Check owner, rights and free space. ${elsewhere}` });
const inTheWay: Describe = (place) => (lstatSync(place).isSymbolicLink() ? { why: `${place} is a symbolic link to ${readlinkSync(place)}, which is not there`, fix: `Make that directory, or remove the link. ${elsewhere}` } : { why: `${place} is not a directory`, fix: elsewhere });
const notAllowed: Describe = (place) => ({ why: `this user (${process.getuid?.()}) may not write in ${place}`, fix: `Make this user its owner (chown). ${elsewhere}` });
const full: Describe = (place) => ({ why: `the disk that ${place} is on is full`, fix: `Make room. ${elsewhere}` });

const troubles: Readonly<Record<string, Describe>> = {
  ENOTDIR: inTheWay,
  EEXIST: inTheWay,
  ELOOP: (place) => ({ why: `${place} is a symbolic link that leads back to itself`, fix: `Remove the link. ${elsewhere}` }),
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: (place) => ({ why: `${place} is on a read-only file system`, fix: elsewhere }),
  EINVAL: (_, message) => ({ why: message, fix: elsewhere }),
  ENOENT: (place) => ({ why: `nothing can be made in ${place}`, fix: elsewhere }),
  ENOSPC: full,
  EDQUOT: full,
};

/** The path itself, or the nearest above it that exists, whatever it is. */
function deepestThere(path: string): string {
  for (let place = path; ; place = dirname(place)) {
    try {
      lstatSync(place);
      return place;
    } catch {
      if (place === dirname(place)) return place;
    }
  }
}
