/** Reading parley.yaml from beginning to end: text, data, environment, schema, checks, and only then lines and columns. */
import type { Diagnostic } from "@parley/contract/api/system";
import type { Config, ConfigSource } from "@parley/contract/config/config";
import { YAMLException, parseEvents, type Event } from "js-yaml";
import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { compose } from "./compose.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import type { Finding } from "./finding.ts";
import { notEnforcedFindings } from "./not-enforced-findings.ts";
import { type Environment, substitute } from "./substitute.ts";
import { validate } from "./validate.ts";

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

export async function readConfigFile(path: string, environment: Environment): Promise<ConfigReading> {
  const text = await fileText(path);
  if (typeof text === "string") return readConfigText(text, { file: path, environment });
  return { config: null, source: {} as ConfigSource, diagnostics: [text] };
}

export function readConfigText(text: string, options: ConfigTextOptions): ConfigReading {
  const place = { text, file: options.file };
  const events = eventsOf(text);
  if (!Array.isArray(events)) return { config: null, source: {} as ConfigSource, diagnostics: diagnosticsOf([events], { ...place, events: [] }) };
  const composed = compose(text, events);
  const source = composed.data ?? {};
  // A structure that is broken is not looked into further: aliases may stand for too much, and keys may have been left out.
  if (composed.findings.some((finding) => finding.code === "config-syntax")) {
    return { config: null, source: {} as ConfigSource, diagnostics: diagnosticsOf(composed.findings, { ...place, events }) };
  }
  const substituted = substitute(source, options.environment);
  const validated = validate(substituted.data, substituted.retyped);
  // A missing variable leaves an empty text behind, and what is wrong with that text is no finding of its own.
  const missing = new Set(substituted.findings.map((finding) => finding.path.join("\0")));
  const consequences = validated.findings.filter((finding) => !missing.has(finding.path.join("\0")));
  const findings = [...composed.findings, ...substituted.findings, ...consequences, ...notEnforcedFindings(source)];
  const broken = findings.some((finding) => finding.severity === "error");
  return {
    config: broken || !validated.config ? null : withAbsolutePaths(validated.config, options.file),
    source: source as ConfigSource,
    diagnostics: diagnosticsOf(findings, { ...place, events }),
  };
}

function eventsOf(text: string): Event[] | Finding {
  try {
    return parseEvents(text, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const finding: Finding = { code: "config-syntax", severity: "error", message: error.reason, path: [], at: "value" };
    return error.mark ? { ...finding, offset: error.mark.position, ...syntaxAdvice(text, error.mark.position) } : finding;
  }
}

/** The one mistake that a file with variables invites: braces end a mapping in one line. */
function syntaxAdvice(text: string, offset: number): { suggestion?: string } {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset + 1);
  return /[[{][^"']*\$\{/.test(line) ? { suggestion: 'between { } and [ ] a variable stands in quotes: "${NAME}"' } : {};
}

function withAbsolutePaths(config: Config, file: string | undefined): Config {
  const folder = file === undefined ? process.cwd() : dirname(resolve(file));
  const absolute = (holder: object | undefined, ...members: string[]): void => {
    const paths = holder as Record<string, string | undefined> | undefined;
    for (const member of members) if (paths?.[member] !== undefined) paths[member] = resolve(folder, paths[member]);
  };
  absolute(config.gateway.tls, "cert", "key", "clientCa");
  absolute(config.admin.tls, "cert", "key");
  absolute(config.ai.mtls, "ca");
  for (const pair of config.gateway.tls?.sni ?? []) absolute(pair, "cert", "key");
  for (const service of Object.values(config.services)) {
    if (service.openapi !== undefined) service.openapi = documentPath(folder, service.openapi);
    absolute(service.mtls, "ca");
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

async function fileText(path: string): Promise<string | Diagnostic> {
  const unreadable = (message: string): Diagnostic => ({ code: "config-unreadable", severity: "error", message, pointer: "", file: path });
  let handle;
  try {
    handle = await open(path, "r");
    const { size } = await handle.stat();
    if (size > maxConfigBytes) return unreadable(`${path} has ${Math.ceil(size / 1024 / 1024)} MiB; a configuration has at most 64 MiB`);
    return await handle.readFile("utf8");
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
