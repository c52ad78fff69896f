/** Mistakes that people make, each with the code, the place (marked ‹ in the text) and the advice that they get. */
import { type ProblemCode, problemEntry } from "@parley/contract/problems/table";
import { expect, test } from "vitest";
import { formatDiagnostics } from "./diagnostics/format-diagnostics.ts";
import { readConfigText } from "./read-config.ts";

interface Mistake {
  /** One `‹` stands where the diagnostic has to point. */
  yaml: string;
  code: string;
  message?: string | RegExp;
  suggestion?: string | RegExp;
  environment?: Record<string, string>;
}

const unknown = "config-unknown-key";
const value = "config-invalid-value";
const collision = "config-conflict";
const reference = "config-unknown-reference";
const syntax = "config-syntax";

/** A valid service whose further members follow. */
function service(members: string): string {
  return `services:\n  notes:\n    path: /notes\n    upstream: { targets: [{ url: "http://127.0.0.1:9001" }] }\n${members}`;
}

function upstream(members: string): string {
  return `services:\n  notes:\n    path: /notes\n    upstream:\n${members}`;
}

const targets = "      targets: [{ url: http://127.0.0.1:9001 }]\n";

const typos: Record<string, Mistake> = {
  "a section": { yaml: "‹servces: {}", code: unknown, suggestion: 'did you mean "services"?' },
  "a setting of the gateway": { yaml: "gateway:\n  ‹prot: 8080", code: unknown, suggestion: 'did you mean "port"?' },
  "a setting in one line": { yaml: "gateway: { ‹hots: x }", code: unknown, suggestion: 'did you mean "host"?' },
  "a quoted key": { yaml: "gateway: { ‹\"hosst\": x }", code: unknown, suggestion: 'did you mean "host"?' },
  "a wrong case": { yaml: "gateway:\n  ‹trustproxy: []", code: unknown, suggestion: 'did you mean "trustProxy"?' },
  "a limit's name": { yaml: "gateway:\n  limits:\n    ‹bodyByte: 1MiB", code: unknown, suggestion: 'did you mean "bodyBytes"?' },
  "a plural": { yaml: upstream("      ‹target: []\n      targets: [{ url: http://127.0.0.1:9001 }]"), code: unknown, suggestion: 'did you mean "targets"?' },
  "a verb for a noun": { yaml: upstream(`${targets}      ‹retries: { attempts: 2 }`), code: unknown, suggestion: 'did you mean "retry"?' },
  "an item's key": { yaml: upstream("      targets: [{ ‹ulr: http://127.0.0.1:9001, url: http://127.0.0.1:9001 }]"), code: unknown, suggestion: 'did you mean "url"?' },
  "a timeout": { yaml: upstream(`${targets}      timeouts: { ‹conect: 2s }`), code: unknown, suggestion: 'did you mean "connect"?' },
  "a key at the wrong level": { yaml: service("    ‹retry: { attempts: 2 }"), code: unknown, suggestion: '"retry" belongs to services.notes.upstream or services.notes.versions.list.*.upstream' },
  "a key one level too high": { yaml: upstream(`${targets}      ‹weight: 2`), code: unknown, suggestion: '"weight" belongs to services.notes.upstream.targets.*' },
  "a key of the top level": { yaml: "gateway:\n  ‹consumers: {}", code: unknown, suggestion: '"consumers" belongs to the top level' },
  "a key like no other": { yaml: "logging:\n  ‹colour: true", code: unknown, suggestion: /^the keys here are bodies, redact, retain/ },
  "a required key": { yaml: "services:\n  notes: { ‹pth: /notes, upstream: { targets: [{ url: http://127.0.0.1:1 }] } }", code: unknown, suggestion: 'did you mean "path"?' },
  "a limit's member": { yaml: service("    limits: [{ ‹request: 5, per: 1m }]"), code: unknown, suggestion: 'did you mean "requests"?' },
  "a provider's member": { yaml: "ai:\n  providers:\n    openai: { ‹apikey: x }", code: unknown, suggestion: 'did you mean "apiKey"?' },
  "a consumer's member": { yaml: "consumers:\n  acme:\n    ‹acess: [ai]", code: unknown, suggestion: 'did you mean "access"?' },
  "a key's member": { yaml: "consumers:\n  acme:\n    keys: [{ name: default, ‹secrets: abcdefgh, secret: abcdefgh }]", code: unknown, suggestion: 'did you mean "secret"?' },
  "a conflict setting": { yaml: service("    conflict: { mode: off, ‹stratgy: merge }"), code: unknown, suggestion: 'did you mean "strategy"?' },
};

const values: Record<string, Mistake> = {
  "a number with no unit for a duration": { yaml: upstream(`${targets}      timeouts: { connect: ‹5 }`), code: value, message: /has no unit/, suggestion: "write the unit: 5s, or 5ms" },
  "a number with no unit for a size": { yaml: "gateway:\n  limits: { bodyBytes: ‹1024 }", code: value, suggestion: "write the unit: 1024B, 1024KiB or 1024MiB" },
  "a number with no unit for a period": { yaml: service("    limits: [{ requests: 5, per: ‹60 }]"), code: value, suggestion: "write the unit: 60s, 60m, or day or month" },
  "an unknown unit": { yaml: upstream(`${targets}      timeouts: { connect: ‹5sec }`), code: value, message: '"5sec" is not a duration; write it as 500ms, 10s, 5m, 24h or 30d' },
  "an unknown unit of size": { yaml: "gateway:\n  limits: { headerBytes: ‹16k }", code: value, message: /not a size/ },
  "a size out of bounds": { yaml: "logging: { bodyBytes: ‹16MiB }", code: value, message: /from 1KiB to 4MiB/ },
  "of which calls of a service bodies are kept": { yaml: "logging: { services: { notes: { bodies: ‹some } } }", code: value, message: /none/ },
  "an access log's place": { yaml: "logging: { access: { file: ‹access.log } }", code: value, message: /whole path/ },
  "an access log's format": { yaml: "logging: { access: { format: ‹xml } }", code: value, message: /json/ },
  "text for a number": { yaml: "gateway:\n  port: ‹eighty", code: value, message: 'gateway.port is "eighty", and has to be a number' },
  "a quoted number": { yaml: 'gateway:\n  port: ‹"8080"', code: value, message: /has to be a number/ },
  "a port out of range": { yaml: "gateway:\n  port: ‹80800", code: value, message: "gateway.port has to be at most 65535" },
  "a fraction for a whole number": { yaml: "gateway:\n  port: ‹80.5", code: value, message: /whole number|int/ },
  "a word for workers": { yaml: "gateway:\n  workers: ‹many", code: value, message: 'gateway.workers is "many", and has to be auto or a number' },
  "too few workers": { yaml: "gateway:\n  workers: ‹0", code: value, message: /at least 1/ },
  "a number for text": { yaml: "gateway:\n  host: ‹127", code: value, suggestion: 'write it in quotes: "127"' },
  "no host to listen on": { yaml: 'admin:\n  host: ‹""', code: value, message: /127\.0\.0\.1, .*:: for all/ },
  "a URL for a host to listen on": { yaml: "gateway: { host: ‹http://127.0.0.1 }", code: value, message: /an address of this machine/ },
  "every address as a star": { yaml: 'gateway: { host: ‹"*" }', code: value, message: /0\.0\.0\.0 or ::/ },
  "no data directory": { yaml: 'data: ‹""', code: value, message: /a path such as/ },
  "a budget of no conflicts": { yaml: service("    conflict: { contention: { conflicts: ‹0 } }"), code: value, message: /at least 1/ },
  "a word for what happens without the ledger": { yaml: service("    conflict: { ledgerDown: ‹pas }"), code: value, message: /refuse or pass/, suggestion: 'did you mean "pass"?' },
  "a place that is not to be merged without a slash": { yaml: service("    conflict: { merge: { forbid: [/total, ‹items/*/price] } }"), code: value, message: /starts with a slash/ },
  "a place that is not to be merged with a bad escape": { yaml: service("    conflict: { merge: { forbid: [‹/items/*/a~2] } }"), code: value, message: /~ in a name as ~0/ },
  "duplicates that nothing tells apart": { yaml: service("    conflict: { onDuplicate: ‹return-existing }"), code: value, message: /what makes a create a duplicate/, suggestion: "add uniqueKey: a JSON pointer such as /email beside it" },
  "a batch without a word on its items": { yaml: service("    conflict: { batches: [‹{ path: /_bulk }] }"), code: value, message: /item/ },
  "a batch's path without a slash": { yaml: service('    conflict: { batches: [{ path: ‹_bulk, item: { resource: "/{/id}" } }] }'), code: value, message: /\// },
  "a batch's resource that is the same for all items": { yaml: service("    conflict: { batches: [{ path: /_bulk, item: { resource: ‹/notes } }] }"), code: value, message: /in braces/ },
  "a batch's place of its items": { yaml: service('    conflict: { batches: [{ path: /_bulk, items: ‹operations, item: { resource: "/{/id}" } }] }'), code: value, message: /starts with a slash/ },
  "a batch of lines that has its list elsewhere": { yaml: service('    conflict: { batches: [{ path: /_bulk, format: ndjson, items: ‹/operations, item: { resource: "/{/id}" } }] }'), code: value, message: /lines of NDJSON/ },
  "a batch's format": { yaml: service('    conflict: { batches: [{ path: /_bulk, format: ‹xml, item: { resource: "/{/id}" } }] }'), code: value, message: /ndjson/ },
  "a batch in parts that says what its items are": { yaml: service('    conflict: { batches: [{ path: /$batch, format: ‹multipart, item: { resource: "/{/id}" } }] }'), code: value, message: /say themselves what they write/ },
  "a batch in parts that has its list somewhere": { yaml: service("    conflict: { batches: [{ path: /$batch, format: ‹multipart, items: /requests }] }"), code: value, message: /say themselves what they write/ },
  "a root of a batch of JSON": { yaml: service('    conflict: { batches: [{ path: /_bulk, root: ‹/api, item: { resource: "/{/id}" } }] }'), code: value, message: /multipart/ },
  "a root without a slash": { yaml: service("    conflict: { batches: [{ path: /$batch, format: multipart, root: ‹api }] }"), code: value, message: /\// },
  "a batch of too many items": { yaml: service('    conflict: { batches: [{ path: /_bulk, maxItems: ‹5000, item: { resource: "/{/id}" } }] }'), code: value, message: /1000/ },
  "what happens to a batch with a refused item": { yaml: service('    conflict: { batches: [{ path: /_bulk, onRefusal: ‹omitt, item: { resource: "/{/id}" } }] }'), code: value, message: /omit or refuse/, suggestion: 'did you mean "omit"?' },
  "a word outside the choice": { yaml: service("    access: ‹keys"), code: value, message: 'services.notes.access is "keys", and has to be open, key, jwt or mtls', suggestion: 'did you mean "key"?' },
  "a balance that is none": { yaml: upstream(`${targets}      balance: ‹least-request`), code: value, suggestion: 'did you mean "least-requests"?' },
  "one target for a list": { yaml: upstream("      targets: ‹{ url: http://127.0.0.1:9001 }"), code: value, suggestion: /write it as a list/ },
  "an empty list of targets": { yaml: upstream("      targets: ‹[]"), code: value, message: /at least 1 entries/ },
  "a URL without a scheme": { yaml: upstream("      targets: [{ url: ‹localhost }]"), code: value, message: /is not a URL/ },
  "a URL of another scheme": { yaml: upstream("      targets: [{ url: ‹ftp://files }]"), code: value, message: /must begin with http/ },
  "credentials in a URL": { yaml: upstream("      targets: [{ url: ‹http://a:b@host }]"), code: value, message: /credentials do not belong into a URL/ },
  "a path without a slash": { yaml: "services:\n  notes:\n    path: ‹notes\n    upstream: { targets: [{ url: http://127.0.0.1:9001 }] }", code: value, message: /starts with a slash/ },
  "a path of our own": { yaml: "services:\n  notes:\n    path: ‹/.well-known/parley/x\n    upstream: { targets: [{ url: http://127.0.0.1:9001 }] }", code: value, message: /gateway's own/ },
  "a missing path": { yaml: "services:\n  ‹notes:\n    upstream: { targets: [{ url: http://127.0.0.1:9001 }] }", code: value, message: "services.notes.path is missing", suggestion: "it has to be text" },
  "a missing upstream": { yaml: "services:\n  ‹notes: { path: /notes }", code: value, message: /needs an upstream/ },
  "a missing member of an item": { yaml: "consumers:\n  acme:\n    keys:\n      - ‹secret: abcdefgh", code: value, message: "consumers.acme.keys[0].name is missing" },
  "a name with a space": { yaml: "consumers:\n  ‹acme ltd: {}", code: value, message: /a name is 1 to 63/ },
  "a short key": { yaml: "consumers:\n  acme:\n    keys: [{ name: default, secret: ‹abc }]", code: value, message: /at least 8 characters/ },
  "a key with neither secret nor hash": { yaml: "consumers:\n  acme:\n    keys: [‹{ name: default }]", code: value, message: /either a secret or a hash/ },
  "a malformed hash": { yaml: 'consumers:\n  acme:\n    keys: [{ name: default, hash: ‹"sha256:12" }]', code: value, message: /64 hexadecimal digits/ },
  "a short admin token": { yaml: "admin:\n  token: ‹abc", code: value, message: /at least 16/ },
  "turns of conversations neither ordered nor refused": { yaml: "ai:\n  conversations: { conflicts: ‹queue }", code: value, message: /order/ },
  "a conversation that too many wait for": { yaml: "ai:\n  conversations: { waiting: ‹5000 }", code: value, message: /1000/ },
  "a model without its provider": { yaml: "ai:\n  providers: { sandbox: {} }\n  models:\n    assistant: { targets: [{ model: ‹echo }] }", code: value, message: /openai\/gpt-5-mini/ },
  "a limit of nothing": { yaml: service("    limits: [‹{ per: 1m }]"), code: value, message: /a limit is one of/ },
  "a service that is a text": { yaml: "services:\n  notes: ‹http://127.0.0.1:9001", code: value, message: /has to be a mapping/, suggestion: "write it as { path: … }" },
  "a target that is a text": { yaml: upstream("      targets: [‹http://127.0.0.1:9001]"), code: value, message: /has to be a mapping/, suggestion: "write it as { url: … }" },
  "a budget without its currency": { yaml: "consumers:\n  acme: { limits: [{ cost: ‹50, per: month }] }", code: value, message: /has no unit/, suggestion: 'write the currency: "50 USD"' },
  "services as a list": { yaml: "services:\n  ‹- path: /notes", code: value, message: /services is a list, and has to be a mapping/, suggestion: /under its name/ },
  "a file that is a text": { yaml: "‹hello", code: value, message: /has to be a mapping/ },
  "jwt access to the AI side without tokens to believe": { yaml: "ai:\n  access: ‹jwt\n", code: value, message: /whose tokens to believe/ },
  "a key set by plain http from another machine": { yaml: service("    jwt: { issuer: i, audience: a, jwks: ‹http://id.example.com/jwks }"), code: value, message: /https/ },
  "a token algorithm with a shared secret": { yaml: service("    jwt: { issuer: i, audience: a, jwks: https://id.example.com/jwks, algorithms: [‹HS256] }"), code: value, message: /RS256/ },
  "an alias of no version": { yaml: service("    versions: { select: { by: header, aliases: { latest: ‹v3 } }, list: { v1: {}, v2: {} } }"), code: reference, suggestion: /v1|v2/ },
  "a consumer pinned to no version": { yaml: `${service("    versions: { select: { by: header }, list: { v1: {} } }\n")}consumers:\n  acme: { versions: { notes: ‹v9 } }`, code: reference, message: /no version "v9"/ },
  "a brown-out that ends before it begins": { yaml: service("    versions: { select: { by: header }, list: { v1: { brownouts: [‹{ from: 2027-01-02, to: 2027-01-01 }] } } }"), code: value, message: /ends after it begins/ },
  "jwt access without tokens to believe": { yaml: service("    access: ‹jwt"), code: value, message: /whose tokens to believe/ },
  "targets that all weigh nothing": { yaml: upstream("      targets: ‹[{ url: http://127.0.0.1:9001, weight: 0 }]"), code: value, message: /weight above 0/ },
  "a provider without a part of its address": { yaml: "ai:\n  providers:\n    ‹cloudflare: { apiKey: x }", code: value, message: /has no account/ },
  "a setting that the provider's kind does not have": { yaml: "ai:\n  providers:\n    openai: { apiKey: x, region: ‹us-east-1 }", code: value, message: /has no region/ },
  "half of AWS's credentials": { yaml: "ai:\n  providers:\n    ‹bedrock: { accessKeyId: x }", code: value, message: /belong together/ },
  "two keys of one name": { yaml: "ai:\n  providers:\n    openai: { keys: ‹[{ name: a, apiKey: x }, { name: a, apiKey: y }] }", code: value, message: /name of its own/ },
  "a service account that is none": { yaml: "ai:\n  providers:\n    vertex: { serviceAccount: ‹robot.json }", code: value, message: /client_email/ },
  "a target's condition": { yaml: "ai:\n  providers: { sandbox: {} }\n  models:\n    assistant: { targets: [{ model: sandbox/echo, when: { ‹consumers: acme } }] }", code: unknown, suggestion: 'did you mean "consumer"?' },
  "a provider without a base URL": { yaml: "ai:\n  providers:\n    ‹own: { kind: openai-compatible }", code: value, message: /has no baseUrl/ },
  "a day that is none": { yaml: service("    versions:\n      select: { by: path }\n      list:\n        v1: { sunset: ‹2027-02-45 }"), code: value, message: /calendar/ },
  "a day that February does not have": { yaml: service("    versions:\n      select: { by: path }\n      list:\n        v1: { sunset: ‹2027-02-30 }"), code: value, message: /calendar/ },
  "a key's end on a day that is none": { yaml: "consumers:\n  a: { keys: [{ name: k, secret: abcdefgh, expiresAt: ‹2027-06-31 }] }", code: value, message: /a day such as/ },
  "versions of which there is none": { yaml: service("    versions: { select: { by: path }, list: ‹{} }"), code: value, message: /at least one/ },
  "a path with an escape that needs none": { yaml: "services:\n  notes:\n    path: ‹/n%6Ftes\n    upstream: { targets: [{ url: http://127.0.0.1:1 }] }", code: value, message: /written plainly/ },
  "a path with an escape in small letters": { yaml: "services:\n  notes:\n    path: ‹/a%2fb\n    upstream: { targets: [{ url: http://127.0.0.1:1 }] }", code: value, message: /capitals/ },
  "a path that goes up": { yaml: "services:\n  notes:\n    path: ‹/notes/..\n    upstream: { targets: [{ url: http://127.0.0.1:1 }] }", code: value, message: /no call can have them/ },
  "an end before the beginning of the end": { yaml: service("    versions:\n      select: { by: path }\n      list:\n        v1: { deprecated: 2027-04-01, sunset: ‹2027-01-01 }"), code: value, message: /before it is deprecated/ },
  "validation that there is not": { yaml: service("    openapi: ./notes.yaml\n    validate: ‹strict"), code: value },
  "an acknowledged change that is no id": { yaml: service("    openapi: ./notes.yaml\n    acknowledge: [‹everything]"), code: value, message: /twelve/ },
  "more answers than there are": { yaml: service("    validateAnswers: ‹5"), code: value },
  "an adapter to a version that is none": { yaml: service("    versions:\n      select: { by: path }\n      list:\n        v1: { adapt: { to: ‹v9 } }"), code: value, message: /no version v9/ },
  "an adapter to itself": { yaml: service("    versions:\n      select: { by: path }\n      list:\n        v1: { adapt: { to: ‹v1 } }"), code: value, message: /itself/ },
  "an adapter to an adapted version": { yaml: service("    versions:\n      select: { by: path }\n      list:\n        v1: { adapt: { to: ‹v2 } }\n        v2: { adapt: { to: v3 } }\n        v3: {}"), code: value, message: /adapted itself/ },
  "a place of an adapter that is no pointer": { yaml: service("    versions:\n      select: { by: path }\n      list:\n        v1: { adapt: { to: v2, request: [{ drop: ‹title }] } }\n        v2: {}"), code: value },
  "successors that go in a circle": { yaml: service("    versions:\n      select: { by: path }\n      list:\n        v1: { successor: ‹v2 }\n        v2: { successor: v1 }"), code: value, message: /v1 → v2 → v1/ },
};

const names: Record<string, Mistake> = {
  "a service in a consumer's access": { yaml: `${service("")}consumers:\n  acme: { access: [ai, ‹nots] }`, code: reference, suggestion: 'did you mean "notes"?' },
  "a provider of a model": { yaml: "ai:\n  providers: { sandbox: {} }\n  models:\n    assistant: { targets: [{ model: ‹sandbx/echo }] }", code: reference, suggestion: 'did you mean "sandbox"?' },
  "a provider that is not known": { yaml: "ai:\n  providers:\n    ‹opnai: { apiKey: x }", code: reference, suggestion: /did you mean "openai"\?/ },
  "a provider's kind": { yaml: "ai:\n  providers:\n    own: { kind: ‹open-ai, baseUrl: http://127.0.0.1:1 }", code: reference, suggestion: 'did you mean "openai"?' },
  "a version for the canary": { yaml: service("    versions: { select: { by: path }, list: { v1: {} } }\n    canary: { version: ‹v2, percent: 5 }"), code: reference, suggestion: 'did you mean "v1"?' },
  "a default version": { yaml: service("    versions: { select: { by: path, default: ‹version9 }, list: { v1: {} } }"), code: reference, suggestion: "there are v1" },
  "a successor": { yaml: service("    versions: { select: { by: path }, list: { v1: { successor: ‹v11 } } }"), code: reference, suggestion: 'did you mean "v1"?' },
  "a channel of an alert": { yaml: "channels: { ops: { webhook: http://127.0.0.1:1 } }\nalerts:\n  spike: { when: { metric: errors, above: 1 }, notify: [‹opps] }", code: reference, suggestion: 'did you mean "ops"?' },
  "a service of an alert": { yaml: `${service("")}alerts:\n  spike: { when: { metric: errors, above: 1, service: ‹note }, notify: [] }`, code: reference, suggestion: 'did you mean "notes"?' },
};

const collisions: Record<string, Mistake> = {
  "two services with one path": { yaml: `${service("")}  more:\n    path: ‹/notes\n    upstream: { targets: [{ url: http://127.0.0.1:1 }] }`, code: collision, message: "the path /notes is taken, as services.notes.path (line 3)" },
  "a service at another's version": { yaml: `${service("    versions: { select: { by: path }, list: { v1: {} } }")}\n  more:\n    path: ‹/notes/v1\n    upstream: { targets: [{ url: http://127.0.0.1:1 }] }`, code: collision, message: /calls to \/notes\/v1 are those of a version already, as services\.notes\.versions\.list\.v1 \(line \d+\)/ },
  "a service at another's alias": { yaml: `services:\n  more:\n    path: ‹/notes/latest\n    upstream: { targets: [{ url: http://127.0.0.1:1 }] }\n  notes:\n    path: /notes\n    upstream: { targets: [{ url: http://127.0.0.1:1 }] }\n    versions: { select: { by: path, aliases: { latest: v1 } }, list: { v1: {} } }`, code: collision, message: /aliases\.latest/ },
  "two consumers with one key": { yaml: "consumers:\n  a: { keys: [{ name: k, secret: abcdefgh }] }\n  b: { keys: [‹{ name: k, secret: abcdefgh }] }", code: collision, message: /already.*line 2/ },
  "a key and its hash": {
    yaml: 'consumers:\n  a: { keys: [{ name: k, secret: abcdefgh }] }\n  b: { keys: [‹{ name: k, hash: "sha256:9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab" }] }',
    code: collision, message: /already/,
  },
  "two keys of one name": { yaml: "consumers:\n  a: { keys: [{ name: k, secret: abcdefgh }, { name: ‹k, secret: hgfedcba }] }", code: collision, message: /named "k" already/ },
  "both ports the same": { yaml: "gateway: { port: 9000 }\nadmin: { port: ‹9000 }", code: collision, message: /line 1/ },
  "an entry written twice": { yaml: "consumers:\n  acme: {}\n  ‹acme: {}", code: collision, message: 'the key "acme" is here twice (line 2)' },
  "a section written twice": { yaml: "gateway: {}\nadmin: {}\n‹gateway: {}", code: collision, message: /twice \(line 1\)/ },
};

const broken: Record<string, Mistake> = {
  "a tab for indentation": { yaml: "gateway:\n‹\tport: 80", code: syntax, message: /tab/ },
  "two colons": { yaml: "data: a‹: b", code: syntax },
  "an open bracket": { yaml: "gateway: { port: 80\n‹admin: {}", code: syntax },
  "an open quote": { yaml: 'data: "abc‹', code: syntax, message: /double quoted/ },
  "an alias without its anchor": { yaml: "gateway: ‹*defaults", code: syntax, message: /\*defaults/ },
  "merge keys": { yaml: "gateway:\n  ‹<<: {}", code: syntax, message: /YAML 1\.2/ },
  "a tag": { yaml: "data: ‹!!binary aGVsbG8=", code: syntax, message: /no meaning here/ },
  "an unset variable": { yaml: "data: ‹${PARLEY_TEST_NOWHERE}", code: "config-missing-variable", message: "the environment has no variable PARLEY_TEST_NOWHERE", suggestion: /:-default/ },
  "an unset variable within a text": { yaml: 'admin:\n  token: ‹"Bearer ${PARLEY_TEST_NOWHERE}"', code: "config-missing-variable" },
  "a malformed variable": { yaml: "data: ‹${A-B}", code: value, message: /is not a variable/, suggestion: /\$\$\{/ },
  "an open variable": { yaml: "data: ‹abc${NAME", code: value, message: /is not a variable/ },
};

for (const [group, mistakes] of Object.entries({ typos, values, names, collisions, broken })) {
  test.each(Object.entries(mistakes))(`${group}: names the place of %s`, (_name, mistake) => {
    const offset = mistake.yaml.indexOf("‹");
    const text = mistake.yaml.replace("‹", "");
    const before = text.slice(0, offset).split("\n");
    const reading = readConfigText(text, { file: "parley.yaml", environment: mistake.environment ?? {} });
    const errors = reading.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
    expect(reading.config).toBeNull();
    expect(errors.map(({ code, line, column }) => ({ code, line, column }))).toEqual([{ code: mistake.code, line: before.length, column: (before.at(-1) ?? "").length + 1 }]);
    expect(errors[0]?.file).toBe("parley.yaml");
    if (mistake.message !== undefined) expect(errors[0]?.message).toEqual(expect.stringMatching(asPattern(mistake.message)));
    if (mistake.suggestion !== undefined) expect(errors[0]?.suggestion).toEqual(expect.stringMatching(asPattern(mistake.suggestion)));
    expect(underCaret(formatDiagnostics(errors, text))).toBe((text[offset] ?? "").replace(/[\t\n]/, " ").trimEnd());
    expect(problemEntry(mistake.code as ProblemCode).fix).not.toBe("");
  });
}

/** What the caret points at, as a person sees it in a terminal. */
function underCaret(shown: string): string {
  const lines = shown.split("\n");
  const row = lines.findIndex((line) => /^ *\| +\^+$/.test(line));
  expect(row).toBeGreaterThan(0);
  return ((lines[row - 1] ?? "")[(lines[row] ?? "").indexOf("^")] ?? "").trimEnd();
}

function asPattern(text: string | RegExp): RegExp {
  return typeof text === "string" ? new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) : text;
}
