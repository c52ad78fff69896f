/** Makes the data directory and what has to be in it before either plane starts; only this user can look inside. */
import { type DataDirectory, dataDirectory } from "@parley/contract/data-directory";
import { loadMasterKey } from "@parley/contract/secrets";
import { accessSync, chmodSync, constants, lstatSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StartError } from "./start-error.ts";
import { expectFolder, expectUsableName, silentFolder, unusableFolder } from "./unusable-folder.ts";

const answersWithinMs = 10_000;

export async function prepareDataDirectory(root: string): Promise<DataDirectory> {
  await expectAnswer(root, stat(root));
  const data = dataDirectory(root);
  try {
    expectUsableName(root);
    makeFolder(root);
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
    // One that was made for it, as by a container; what others keep something in stays open to them.
    if (readdirSync(root).length === 0 && statSync(root).uid === process.getuid?.()) chmodSync(root, 0o700);
    makeFolder(data.spool);
    makeCodeFolder(data.compileCache);
  } catch (error) {
    throw unusableFolder(root, error);
  }
  if (dirname(data.socket) !== root) prepareSocketDirectory(dirname(data.socket));
  return data;
}

/**
 * A file system whose server is gone holds whoever asks it for as long as it likes, so the first question is put where it
 * stops nobody. What it answers is looked at by those that follow.
 */
export async function expectAnswer(root: string, answer: Promise<unknown>, withinMs = answersWithinMs): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(silentFolder(root, withinMs)), withinMs)));
  await Promise.race([answer.catch(() => undefined), silence]).finally(() => clearTimeout(timer));
}

/** Node's own way to make what is missing above it goes round for ever where nothing can be made, as under /proc. */
function makeFolder(path: string): void {
  if (expectFolder(path)) return;
  if (!expectFolder(dirname(path))) makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** What is in it is run without being compiled again: in one that others can write to, code may be theirs. It is only a cache. */
function makeCodeFolder(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  const isOurs = found?.isDirectory() === true && (found.uid === process.getuid?.() || found.uid === 0) && (found.mode & 0o022) === 0;
  if (found && !isOurs) rmSync(path, { recursive: true });
  makeFolder(path);
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
