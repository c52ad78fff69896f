/** Makes the data directory and what has to be in it before either plane starts; only this user can look inside. */
import { type DataDirectory, dataDirectory } from "@parley/contract/data-directory";
import { loadMasterKey } from "@parley/contract/secrets";
import { accessSync, constants, lstatSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { StartError } from "./start-error.ts";

export function prepareDataDirectory(root: string): DataDirectory {
  const data = dataDirectory(root);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    mkdirSync(data.spool, { recursive: true, mode: 0o700 });
    mkdirSync(data.compileCache, { recursive: true, mode: 0o700 });
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError("data-unusable", `the data directory ${root} cannot be used: ${(error as Error).message}`);
  }
  if (dirname(data.socket) !== root) prepareSocketDirectory(dirname(data.socket));
  return data;
}

/** Under the system's temporary directory anybody can be first to make a name, so an existing one has to be ours alone. */
function prepareSocketDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0) return;
  throw new StartError("data-unusable", `${path} belongs to somebody else`, "Remove it, or choose a data directory with a shorter path.");
}

/** Makes the installation's master key on the first start. The planes read it themselves, by the same rule. */
export function ensureMasterKey(path: string, environment: NodeJS.ProcessEnv): void {
  try {
    loadMasterKey(path, { environment, create: true });
  } catch (error) {
    // Not what is in the file, but the disk: full, or not to be written.
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === undefined ? new StartError("master-key-wrong", message) : new StartError("data-unusable", `${path} cannot be written or read: ${message}`);
  }
}
