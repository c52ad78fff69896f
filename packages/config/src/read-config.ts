/** Reading parley.yaml from beginning to end: text, data, environment, schema, checks, and only then lines and columns. */
import type { Diagnostic } from "@parley/contract/api/system";
import { type Config, config, type ConfigSource } from "@parley/contract/config/config";
import type { Event } from "js-yaml";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { diagnosticsOf } from "./diagnostics/diagnostics.ts";
import { keepKnown, knownIn, type KnownReading } from "./incremental/known-entries.ts";
import { notEnforcedFindings } from "./schema/not-enforced-findings.ts";
import { type Environment, substitute } from "./substitute.ts";
import { dataOfText, eventsOf } from "./text/text-data.ts";
import { utf8Mistake } from "./text/utf8-text.ts";
import { validate } from "./schema/validate.ts";

export const maxConfigBytes = 64 * 1024 * 1024;

export interface ConfigReading {
  /** Null where there is an error. Relative paths in it are absolute. */
  config: Config | null;
  /** What was written, before the environment: units as text, variables as ${…}. Only its structure is YAML's; it is valid if `config` is not null. */
  source: ConfigSource;
  /** Sorted by line. With warnings alone there is a `config`. */
  diagnostics: Diagnostic[];
}

export interface ConfigTextOptions {
  /** Names the file in diagnostics, and relative paths start at its folder; without it, at the working directory. */
  file?: string | undefined;
  environment: Environment;
}

export interface ReadOptions {
  /** A reading of the same file and environment: what has not changed since is taken from it. */
  known?: KnownReading | null;
  /** Hears where the data directory will be, unless there is a mistake, as soon as the file says so: nothing is checked by then. */
  dataDirectory?: (path: string) => void;
  /** It will be read again: a pipe would be empty then, or never end. */
  isFollowed?: boolean;
}

export async function readConfigFile(path: string, environment: Environment, options: ReadOptions = {}): Promise<ConfigReading & { text: string | null }> {
  const text = await configText(path, options);
  if (typeof text === "string") return { ...readConfigText(text, { file: path, environment }, options), text };
  return { config: null, source: {} as ConfigSource, diagnostics: [text], text: null };
}

export function readConfigText(text: string, options: ConfigTextOptions, { known = null, dataDirectory }: ReadOptions = {}): ConfigReading {
  const read = dataOfText(text, known);
  const place = { text, file: options.file, events: () => read.events ?? eventsIn(text) };
  // A structure that is broken is not looked into further: aliases may stand for too much, and keys may have been left out.
  if (read.findings.some((finding) => finding.code === "config-syntax")) {
    return { config: null, source: {} as ConfigSource, diagnostics: diagnosticsOf(read.findings, place) };
  }
  const source = read.data ?? {};
  if (known !== null) keepKnown(source, known);
  const substituted = mayHoldVariables(text) ? substitute(source, options.environment) : { data: source, findings: [], retyped: [] };
  if (dataDirectory) tellDataDirectory(substituted.data, options.file, dataDirectory);
  const validated = validate(substituted, known === null ? null : { known, isKnown: knownIn(source, known) });
  // A missing variable leaves an empty text behind, and what is wrong with that text is no finding of its own.
  const missing = new Set(substituted.findings.map((finding) => finding.path.join("\0")));
  const consequences = validated.findings.filter((finding) => !missing.has(finding.path.join("\0")));
  const findings = [...read.findings, ...substituted.findings, ...consequences, ...notEnforcedFindings(source)];
  const broken = findings.some((finding) => finding.severity === "error");
  return {
    config: broken || !validated.config ? null : withAbsolutePaths(validated.config, options.file),
    source: source as ConfigSource,
    diagnostics: diagnosticsOf(findings, place),
  };
}

function tellDataDirectory(substituted: unknown, file: string | undefined, tell: (path: string) => void): void {
  const { success, data } = config.shape.data.safeParse((substituted as { data?: unknown }).data);
  if (success) tell(resolve(folderOf(file), data));
}

function folderOf(file: string | undefined): string {
  return file === undefined ? process.cwd() : dirname(resolve(file));
}

/** What a text means may hold what the text itself does not, where something in it is escaped. */
function mayHoldVariables(text: string): boolean {
  return text.includes("${") || text.includes("\\");
}

function eventsIn(text: string): readonly Event[] {
  const events = eventsOf(text);
  return Array.isArray(events) ? events : [];
}

function withAbsolutePaths(config: Config, file: string | undefined): Config {
  const folder = folderOf(file);
  const absolute = (holder: object | undefined, ...members: string[]): void => {
    const paths = holder as Record<string, string | undefined> | undefined;
    for (const member of members) if (paths?.[member] !== undefined) paths[member] = resolve(folder, paths[member]);
  };
  absolute(config.gateway.tls, "cert", "key", "clientCa", "clientCrl");
  absolute(config.admin.tls, "cert", "key");
  absolute(config.ai.mtls, "ca", "crl");
  for (const pair of config.gateway.tls?.sni ?? []) absolute(pair, "cert", "key");
  for (const service of Object.values(config.services)) {
    if (service.openapi !== undefined) service.openapi = documentPath(folder, service.openapi);
    absolute(service.mtls, "ca", "crl");
    for (const { upstream } of [service, ...Object.values(service.versions?.list ?? {})]) absolute(upstream?.tls, "ca", "cert", "key");
    for (const version of Object.values(service.versions?.list ?? {})) {
      if (version.openapi !== undefined) version.openapi = documentPath(folder, version.openapi);
    }
  }
  config.data = resolve(folder, config.data);
  return config;
}

function documentPath(folder: string, source: string): string {
  return /^https?:\/\//i.test(source) ? source : resolve(folder, source);
}

export async function configText(path: string, { isFollowed = false }: Pick<ReadOptions, "isFollowed"> = {}): Promise<string | Diagnostic> {
  const unreadable = (message: string): Diagnostic => ({ code: "config-unreadable", severity: "error", message, pointer: "", file: path });
  let handle;
  try {
    // Without waiting for somebody to write, where it is a pipe.
    handle = await open(path, isFollowed ? constants.O_RDONLY | constants.O_NONBLOCK : "r");
    const found = await handle.stat();
    if (isFollowed && !found.isFile() && !found.isDirectory()) return unreadable(`${path} is a pipe or a device, not a file: Parley reads its configuration again when it changes, and after a restart`);
    if (found.size > maxConfigBytes) return unreadable(`${path} has ${Math.ceil(found.size / 1024 / 1024)} MiB; a configuration has at most 64 MiB`);
    const bytes = await handle.readFile();
    const mistake = utf8Mistake(bytes);
    if (mistake === null) return bytes.toString("utf8");
    return { code: "config-syntax", severity: "error", message: "this is not UTF-8", pointer: "", file: path, ...mistake, suggestion: "save the file as UTF-8, without which some letters would become others" };
  } catch (error) {
    return unreadable(readFailure(path, error as NodeJS.ErrnoException));
  } finally {
    await handle?.close();
  }
}

function readFailure(path: string, error: NodeJS.ErrnoException): string {
  const known: Record<string, string> = {
    ENOENT: `there is no file ${path}`, EACCES: `this user may not read ${path}`, EISDIR: `${path} is a directory, not a file`,
  };
  return known[error.code ?? ""] ?? `${path} cannot be read: ${error.message}`;
}
