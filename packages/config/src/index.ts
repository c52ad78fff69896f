/**
 * Reads parley.yaml, once, into what the program runs on. Hides YAML, the environment's substitution, the finding of lines,
 * and which settings this release carries out. Imports the contract only; knows no process and no store.
 */
export { ConfigFile } from "./config-file.ts";
export { fileFingerprint } from "./file-fingerprint.ts";
export { handedReading, type HandedReading, handedText } from "./handed-reading.ts";
export { formatDiagnostics, type FormatOptions } from "./format-diagnostics.ts";
export { type ConfigReading, type ConfigTextOptions, maxConfigBytes, readConfigFile, readConfigText } from "./read-config.ts";
export { placeDiagnostics, placeInText } from "./place-diagnostics.ts";
export { nearest } from "./nearest.ts";
export { serviceMistakes } from "./service-mistakes.ts";
export { type VersionedPath, versionPaths } from "./checks/services.ts";
export type { Environment } from "./substitute.ts";
export { utf8Mistake } from "./utf8-text.ts";
