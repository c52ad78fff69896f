import type { Config } from "@parley/contract/config/config";
import { hashKey } from "@parley/contract/secrets";
import type { Finding, Path } from "../finding.ts";
import { type DefinedNames, collision, unknownReference } from "./check.ts";

export function consumerFindings(config: Config, names: DefinedNames): Finding[] {
  return [...accessFindings(config, names), ...pinFindings(config), ...teamFindings(config), ...keyFindings(config)];
}

function accessFindings(config: Config, names: DefinedNames): Finding[] {
  const known = [...names.services, "ai"];
  return Object.entries(config.consumers).flatMap(([name, consumer]) =>
    (consumer.access ?? []).flatMap((service, index) =>
      service === "ai" || names.services.has(service) ? [] : [unknownReference(["consumers", name, "access", index], `there is no service "${service}"`, { name: service, known })],
    ),
  );
}

/** A service of another file's is left to the gateway, where a pin to nothing pins nothing. */
function pinFindings(config: Config): Finding[] {
  return Object.entries(config.consumers).flatMap(([name, { versions = {} }]) =>
    Object.entries(versions).flatMap(([service, version]) => {
      const known = Object.keys(config.services[service]?.versions?.list ?? {});
      if (!(service in config.services) || known.includes(version)) return [];
      return [unknownReference(["consumers", name, "versions", service], `the service ${service} has no version "${version}"`, { name: version, known })];
    }),
  );
}

function teamFindings(config: Config): Finding[] {
  const known = Object.keys(config.teams);
  return Object.entries(config.consumers).flatMap(([name, { team }]) =>
    team === undefined || known.includes(team) ? [] : [unknownReference(["consumers", name, "team"], `there is no team "${team}"`, { name: team, known })],
  );
}

interface SeenKey {
  name: string;
  secret?: string | undefined;
  hash?: string | undefined;
}

/** A key says who calls, so no two consumers can have the same. Hashing is only needed where some keys are given as hashes. */
function keyFindings(config: Config): Finding[] {
  const findings: Finding[] = [];
  const keys = Object.entries(config.consumers);
  const anyHash = keys.some(([, consumer]) => consumer.keys.some((key) => key.hash !== undefined));
  const seen = new Map<string, Path>();
  for (const [consumer, { keys: own }] of keys) {
    const namesHere = new Map<string, Path>();
    own.forEach((key, index) => {
      const path = ["consumers", consumer, "keys", index];
      remember(seen, { id: identity(key, anyHash), path, message: "this key is there already" }, findings);
      remember(namesHere, { id: key.name, path: [...path, "name"], message: `the consumer has a key named "${key.name}" already` }, findings);
    });
  }
  return findings;
}

function identity(key: SeenKey, hashed: boolean): string {
  return key.hash ?? (hashed ? hashKey(key.secret ?? "") : (key.secret ?? ""));
}

function remember(seen: Map<string, Path>, entry: { id: string; path: Path; message: string }, findings: Finding[]): void {
  const first = seen.get(entry.id);
  if (first) findings.push(collision(entry.path, entry.message, first));
  else seen.set(entry.id, entry.path);
}
