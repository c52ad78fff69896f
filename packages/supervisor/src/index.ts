/**
 * `parley up`: settings, the data directory and its lock, the processes of both planes and their lives. Hides processes,
 * signals and ports. Imports the configuration reader and the contract; starts the planes by their main modules only,
 * and of the stores only the counters that several workers share.
 */
export { localUrl } from "./addresses.ts";
export { ConfigError } from "./config-error.ts";
export { lockData } from "./data-lock.ts";
export { readRunningFile } from "./running-file.ts";
export type { Flags, Settings } from "./settings.ts";
export { StartError } from "./start-error.ts";
export { folderTrouble } from "./unusable-folder.ts";
export { runSupervisor, type SupervisorOptions } from "./supervisor.ts";
