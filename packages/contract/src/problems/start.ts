/** What can be wrong with a configuration file, or with the machine at start. These never travel over HTTP as such. */
import type { ProblemEntry } from "./entry.ts";

export const startProblems = {
  "config-document": {
    status: 0,
    title: "An OpenAPI document of the configuration cannot be used",
    cause: "The file or URL in `openapi` cannot be read, is not OpenAPI 3.0 or 3.1, or has breaking changes against the one in force; or an adapter between two versions does not fit their documents.",
    fix: "Correct the document where the message says; name places in `adapt` that are in the documents; list intended breaking changes under `acknowledge`, or publish them as a new version.",
  },
  "config-unreadable": {
    status: 0,
    title: "The configuration file cannot be read",
    cause: "The file does not exist, is not readable by this user, or is larger than 64 MiB.",
    fix: "Check the path given with --config.",
  },
  "config-syntax": {
    status: 0,
    title: "The configuration file is not YAML",
    cause: "The file breaks YAML's rules at the place that the message shows.",
    fix: "Indentation, a missing colon and a missing quote are the usual causes.",
  },
  "config-unknown-key": {
    status: 0,
    title: "The configuration has an unknown key",
    cause: "Unknown keys are refused, because a misspelt one would otherwise be ignored in silence.",
    fix: "Use the key that the message suggests, or remove it.",
  },
  "config-invalid-value": {
    status: 0,
    title: "A value of the configuration is wrong",
    cause: "The value has the wrong type, the wrong unit or lies outside its range.",
    fix: "Write it as the message says.",
  },
  "config-missing-variable": {
    status: 0,
    title: "An environment variable is not set",
    cause: "The file reads ${NAME}, and NAME is not in the environment.",
    fix: "Set the variable, or write ${NAME:-default}.",
  },
  "config-unknown-reference": {
    status: 0,
    title: "The configuration refers to something that it does not have",
    cause: "A name of a service, provider, version or channel is used that is not defined.",
    fix: "Define it, or use the name that the message suggests.",
  },
  "config-conflict": {
    status: 0,
    title: "Two entries of the configuration collide",
    cause: "Two services have the same path, two consumers the same key, or the gateway and the admin port are the same.",
    fix: "Change one of the two places that the message names.",
  },
  "certificate-unusable": {
    status: 0,
    title: "A certificate or its key cannot be used",
    cause: "A file of `gateway.tls` or `admin.tls` cannot be read, is not PEM, or the key does not belong to the certificate.",
    fix: "Check the paths and this user's right to read them, and compare `openssl x509 -pubkey -noout -in` the certificate with `openssl pkey -pubout -in` the key.",
  },
  "config-not-enforced": {
    status: 0,
    title: "A setting has no effect yet",
    cause: "The setting belongs to the configuration's contract, and this release does not carry it out.",
    fix: "Do not rely on it; the changelog says when it takes effect.",
  },
  "config-needs-restart": {
    status: 0,
    title: "A setting takes effect after a restart",
    cause: "Host, ports, workers, the data directory, the stores and the admin settings are read once, at start.",
    fix: "Restart Parley when it suits you; until then the value from the start stays in force.",
  },
  "port-in-use": {
    status: 0,
    title: "The port is taken",
    cause: "Another program, or another Parley, listens on the port, or the host is no address of this machine.",
    fix: "Stop that program, choose another port in the configuration, or correct the host.",
  },
  "data-locked": {
    status: 0,
    title: "Another Parley uses the data directory",
    cause: "A data directory belongs to one running Parley.",
    fix: "Stop the other one, or choose another directory with `data` or PARLEY_DATA.",
  },
  "data-unusable": {
    status: 0,
    title: "The data directory cannot be used",
    cause: "The directory cannot be created or written, or the disk is full.",
    fix: "Check owner, rights and free space of the directory.",
  },
  "master-key-wrong": {
    status: 0,
    title: "The master key does not open the stored secrets",
    cause: "Provider secrets were encrypted under another master key.",
    fix: "Bring back the master.key file or PARLEY_MASTER_KEY that they were written with, or enter the secrets again.",
  },
  "connect-no-key": {
    status: 0,
    title: "No key was given",
    cause: "A coding agent calls as an application, with a key of its own.",
    fix: "Make a key in the console under Consumers, and give it with --key or PARLEY_KEY.",
    example: "PARLEY_KEY=… ./parley connect claude-code",
  },
  "connect-failed": {
    status: 0,
    title: "The gateway does not accept the agent's calls",
    cause: "The gateway was asked for its models with this key, and refused, or did not answer.",
    fix: "Check the address and the key, and that the key's consumer may use `ai`.",
  },
  "connect-unreadable": {
    status: 0,
    title: "The agent's settings cannot be used",
    cause: "The file is damaged, is not there yet, or belongs to somebody else.",
    fix: "Start the agent once, or correct the file at the place that the message names.",
  },
  "connect-no-backup": {
    status: 0,
    title: "There is nothing to undo",
    cause: "`connect` keeps what was there before beside the agent's settings, and there is no such file.",
    fix: "The agent was not connected, or has been restored already.",
  },
  "not-running": {
    status: 0,
    title: "Parley does not answer",
    cause: "Nothing listens at the admin address.",
    fix: "Start it with ./parley up, or say where it is with --admin or PARLEY_ADMIN_URL.",
  },
} as const satisfies Record<string, ProblemEntry>;
