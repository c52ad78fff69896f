/**
 * Reads parley.yaml, once, into what the program runs on. Hides YAML, the environment's substitution, the finding of lines,
 * and which settings this release carries out. Imports the contract only; knows no process and no store.
 *
 * `text/` makes plain data of a file, `schema/` and `checks/` hold it to what may stand there, `diagnostics/` say what is wrong and
 * where, and `incremental/` spares a file that is read again what has not changed.
 */
export { ConfigFile } from "./incremental/config-file.ts";
export { fileFingerprint } from "./incremental/file-fingerprint.ts";
export { formatDiagnostics, type FormatOptions } from "./diagnostics/format-diagnostics.ts";
export { type ConfigReading, type ConfigTextOptions, maxConfigBytes, readConfigFile, readConfigText } from "./read-config.ts";
export { placeDiagnostics, placeInText } from "./diagnostics/place-diagnostics.ts";
export { nearest } from "./diagnostics/nearest.ts";
export { serviceMistakes } from "./checks/service-mistakes.ts";
export { type VersionedPath, versionPaths } from "./checks/services.ts";
export type { Environment } from "./substitute.ts";
export { utf8Mistake } from "./text/utf8-text.ts";
