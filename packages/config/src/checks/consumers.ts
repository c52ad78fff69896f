import type { Config } from "@parley/contract/config/config";
import { hashKey } from "@parley/contract/secrets";
import type { Finding, Path } from "../diagnostics/finding.ts";
import { type DefinedNames, collision, unknownReference } from "./check.ts";

export function consumerFindings(config: Config, names: DefinedNames): Finding[] {
  return [...accessFindings(config, names), ...pinFindings(config), ...teamFindings(config, names), ...keyFindings(config)];
}

function accessFindings(config: Config, names: DefinedNames): Finding[] {
  return withMember(config, "access").flatMap(([name, { access = [] }]) =>
    access.flatMap((service, index) =>
      service === "ai" || names.services.has(service) ? [] : [unknownReference(["consumers", name, "access", index], `there is no service "${service}"`, { name: service, known: [...names.services, "ai"] })],
    ),
  );
}

/** A service of another file's is left to the gateway, where a pin to nothing pins nothing. */
function pinFindings(config: Config): Finding[] {
  return withMember(config, "versions").flatMap(([name, { versions = {} }]) =>
    Object.entries(versions).flatMap(([service, version]) => {
      const known = Object.keys((Object.hasOwn(config.services, service) && config.services[service]?.versions?.list) || {});
      if (!Object.hasOwn(config.services, service) || known.includes(version)) return [];
      return [unknownReference(["consumers", name, "versions", service], `the service ${service} has no version "${version}"`, { name: version, known })];
    }),
  );
}

function teamFindings(config: Config, { teams: known }: DefinedNames): Finding[] {
  return withMember(config, "team").flatMap(([name, { team }]) =>
    team === undefined || known.has(team) ? [] : [unknownReference(["consumers", name, "team"], `there is no team "${team}"`, { name: team, known })],
  );
}

/** Of ten thousand consumers few have one, and the others need no list each. */
function withMember(config: Config, member: "access" | "versions" | "team"): [name: string, consumer: Config["consumers"][string]][] {
  return Object.entries(config.consumers).filter(([, consumer]) => consumer[member] !== undefined);
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
  const seen = new Set<string>();
  for (const [consumer, { keys: own }] of keys) {
    for (let index = 0; index < own.length; index++) {
      const key = own[index] as SeenKey;
      const id = identity(key, anyHash);
      // Paths only where there is something to say: 100,000 of them would be most of the time that these checks take.
      if (seen.has(id)) findings.push(collision(["consumers", consumer, "keys", index], "this key is there already", firstWith(config, (other) => identity(other, anyHash) === id)));
      seen.add(id);
    }
    findings.push(...nameFindings(consumer, own));
  }
  return findings;
}

/** So many are compared with each other in less time than a set of them is made. */
const fewKeys = 16;

function nameFindings(consumer: string, own: readonly SeenKey[]): readonly Finding[] {
  if (own.length <= fewKeys ? areFewApart(own) : new Set(own.map(({ name }) => name)).size === own.length) return noFindings;
  return own.flatMap(({ name }, index) => {
    const first = own.findIndex((other) => other.name === name);
    return first === index ? [] : [collision(["consumers", consumer, "keys", index, "name"], `the consumer has a key named "${name}" already`, ["consumers", consumer, "keys", first, "name"])];
  });
}

const noFindings: readonly never[] = [];

function areFewApart(own: readonly SeenKey[]): boolean {
  for (let index = 1; index < own.length; index++) {
    const name = own[index]?.name;
    for (let before = 0; before < index; before++) if (own[before]?.name === name) return false;
  }
  return true;
}

/** The place of the first key of which it is true; one of them it is. */
function firstWith(config: Config, isIt: (key: SeenKey) => boolean): Path {
  for (const [consumer, { keys }] of Object.entries(config.consumers)) {
    const index = keys.findIndex(isIt);
    if (index !== -1) return ["consumers", consumer, "keys", index];
  }
  return ["consumers"];
}

function identity(key: SeenKey, hashed: boolean): string {
  return key.hash ?? (hashed ? hashKey(key.secret ?? "") : (key.secret ?? ""));
}
