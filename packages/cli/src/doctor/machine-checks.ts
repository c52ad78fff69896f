/** What can be wrong on the machine, whether or not Parley runs. */
import { readConfigFile } from "@parley/config";
import { dataDirectory } from "@parley/contract/data-directory";
import { isNearlyFull } from "@parley/contract/disk-space";
import { loadMasterKey } from "@parley/contract/secrets";
import { folderTrouble } from "@parley/supervisor";
import { existsSync, statSync, statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Check, type DoctorContext, type Finding, failed, ok, skipped } from "./check.ts";

const leastNodeMajor = 24;
const consolePage = resolve(import.meta.dirname, "../../../console/dist/index.html");

export const machineChecks: readonly Check[] = [
  { name: "Node", run: node },
  { name: "console", run: consoleBuilt },
  { name: "data directory", run: directory },
  { name: "free space", run: freeSpace },
  { name: "master key", run: masterKey },
  { name: "configuration", run: configuration },
];

function node(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= leastNodeMajor) return ok(process.versions.node);
  return failed(`this is Node ${process.versions.node}`, "Start Parley by ./parley, which brings Node 24.");
}

function consoleBuilt(): Finding {
  return existsSync(consolePage) ? ok("built") : failed("the console's page is not built", "./parley up builds it; its message says why it could not.");
}

function directory({ data }: DoctorContext): Finding {
  const trouble = folderTrouble(data);
  if (trouble !== null) return failed(`${data} cannot be used: ${trouble.why}`, trouble.fix);
  if (!existsSync(data)) return skipped(`${data} is not there yet; the first start makes it`);
  const { mode, uid } = statSync(data);
  if (uid !== process.getuid?.() && process.getuid?.() !== 0) return failed(`${data} belongs to another user`, `Run this as its owner, or choose another directory with --data.`);
  if ((mode & 0o077) !== 0) return failed(`${data} can be read by other users`, `chmod 700 ${data}`);
  return ok(data);
}

function freeSpace({ data }: DoctorContext): Finding {
  let existing = data;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, blocks, bsize } = statfsSync(existing);
  const freeMiB = Math.floor((bavail * bsize) / 1024 / 1024);
  if (!isNearlyFull({ freeBytes: bavail * bsize, totalBytes: blocks * bsize })) return ok(`${freeMiB} MiB`);
  return failed(`${existing} has ${freeMiB} MiB left`, "Make room, or shorten logging.retain; without space calls go on, but are no longer recorded.");
}

function masterKey({ data, terminal }: DoctorContext): Finding {
  const files = dataDirectory(data);
  if (!existsSync(files.configDatabase)) return skipped("nothing is stored yet");
  try {
    loadMasterKey(files.masterKey, { environment: terminal.environment, create: false });
  } catch (error) {
    return failed((error as Error).message, "Bring back the master.key file or PARLEY_MASTER_KEY that the secrets were stored with.");
  }
  if (terminal.environment["PARLEY_MASTER_KEY"]) return ok("from PARLEY_MASTER_KEY");
  if ((statSync(files.masterKey).mode & 0o077) !== 0) return failed(`${files.masterKey} can be read by other users`, `chmod 600 ${files.masterKey}`);
  return ok(files.masterKey);
}

async function configuration({ file, terminal }: DoctorContext): Promise<Finding> {
  if (file === null) return skipped("there is no configuration file; the database is the truth");
  const { config, diagnostics } = await readConfigFile(file, terminal.environment, { isFollowed: true });
  if (config) return ok(`${file}${diagnostics.length > 0 ? `, ${diagnostics.length} warnings` : ""}`);
  const first = diagnostics.find((diagnostic) => diagnostic.severity === "error");
  return failed(`${file}${first?.line === undefined ? "" : `:${first.line}`}: ${first?.message}`, `./parley check ${file}`);
}
