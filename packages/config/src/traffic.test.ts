import { expect, test } from "vitest";
import { readConfigText } from "./read-config.ts";

const key = 'keys: [{ name: k, secret: "12345678" }]';
const service = (more: string) => `services: { notes: { path: /notes, upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, ${more} } }`;
const upstream = (more: string) => `services: { notes: { path: /notes, upstream: { targets: [{ url: "http://127.0.0.1:1" }], ${more} } } }`;
const rollout = (more: string) => service(`canary: { target: "http://127.0.0.1:2", percent: 5, rollout: { ${more} } }`);

test.each<[what: string, yaml: string, pointer: string]>([
  ["a scope that is none", service("limits: [{ requests: 5, per: 1m, by: planet }]"), "/services/notes/limits/0/by"],
  ["a time zone that is none", service("limits: [{ requests: 5, per: day, zone: Mars/North }]"), "/services/notes/limits/0/zone"],
  ["a pattern without a slash", service("limits: [{ requests: 5, per: 1m, path: login }]"), "/services/notes/limits/0/path"],
  ["a method in small letters", service("limits: [{ requests: 5, per: 1m, methods: [post] }]"), "/services/notes/limits/0/methods/0"],
  ["a queue without a wait", service("limits: [{ concurrent: 5, queue: { length: 5 } }]"), "/services/notes/limits/0/queue/wait"],
  ["a cache whose answers do not fit", service("cache: { maxBytes: 1KiB }"), "/services/notes/cache/maxBody"],
  ["a cache for nobody", service("cache: { scope: key }"), "/services/notes/cache/scope"],
  ["a cache that a write leaves alone", service("cache: { invalidates: none }"), "/services/notes/cache/invalidates"],
  ["a lifetime without a unit", service("cache: { ttl: 30 }"), "/services/notes/cache/ttl"],
  ["a size that is none", service("limits: [{ bodyBytes: large }]"), "/services/notes/limits/0/bodyBytes"],
  ["a priority that is none", `consumers: { a: { ${key}, priority: urgent } }`, "/consumers/a/priority"],
  ["a least bound above the largest", upstream("concurrency: { adaptive: true, min: 9, max: 3 }"), "/services/notes/upstream/concurrency/min"],
  ["a bound of nothing", upstream("concurrency: { max: 0 }"), "/services/notes/upstream/concurrency/max"],
  ["a hedge at no time", upstream("hedge: { max: 1 }"), "/services/notes/upstream/hedge"],
  ["a hedge at two times", upstream("hedge: { after: 1s, percentile: 95 }"), "/services/notes/upstream/hedge"],
  ["a percentile that is none", upstream("hedge: { percentile: 100 }"), "/services/notes/upstream/hedge/percentile"],
  ["a subset where all have to choose alike", upstream("balance: consistent-hash, subset: { size: 3 }"), "/services/notes/upstream/subset"],
  ["a subset of none", upstream("subset: { size: 0 }"), "/services/notes/upstream/subset/size"],
  ["steps that go back", rollout("steps: [50, 25]"), "/services/notes/canary/rollout/steps"],
  ["a step of no time", rollout("every: 0s"), "/services/notes/canary/rollout/every"],
  ["a significance above any use", rollout("significance: 0.9"), "/services/notes/canary/rollout/significance"],
  ["a mirror to nowhere", service("mirror: { percent: 5 }"), "/services/notes/mirror"],
  ["a mirror to two places", service('mirror: { version: v2, target: "http://127.0.0.1:2" }'), "/services/notes/mirror"],
  ["a mirror's version that is none", service("mirror: { version: v9 }"), "/services/notes/mirror/version"],
  ["a mirror's version without an upstream of its own", service("versions: { select: { by: header }, list: { v1: {}, v2: {} } }, mirror: { version: v2 }"), "/services/notes/mirror/version"],
  ["a mirror of no calls", service('mirror: { target: "http://127.0.0.1:2", percent: 0 }'), "/services/notes/mirror/percent"],
  ["a mirror that would carry a write out twice", service('mirror: { target: "http://127.0.0.1:1", methods: [GET, POST] }'), "/services/notes/mirror/methods/1"],
  ["a mirror that would, however its address is written", service('mirror: { target: "http://127.0.0.1:1/", methods: [PATCH] }'), "/services/notes/mirror/methods/0"],
  ["a mirror's address that is none", service('mirror: { target: "nowhere", methods: [PATCH] }'), "/services/notes/mirror/target"],
  ["an ignored place without a slash", service('mirror: { target: "http://127.0.0.1:2", compare: { ignore: [updated_at] } }'), "/services/notes/mirror/compare/ignore/0"],
  ["an alias that is a version", service("versions: { select: { by: header, aliases: { v1: v2 } }, list: { v1: {}, v2: {} } }"), "/services/notes/versions/select/aliases/v1"],
  ["a default that is a draft", service("versions: { select: { by: header, default: v1 }, list: { v1: { status: draft } } }"), "/services/notes/versions/select/default"],
  ["a field that no call can have", service('versions: { select: { by: header, name: "API Version" }, list: { v1: {} } }'), "/services/notes/versions/select/name"],
  ["a parameter that no media type can have", service('versions: { select: { by: media-type, name: "v=" }, list: { v1: {} } }'), "/services/notes/versions/select/name"],
  ["a period of what has none", service("limits: [{ concurrent: 5, per: 1m }]"), "/services/notes/limits/0/per"],
  ["wrong keys below none", "gateway: { limits: { wrongKeys: { attempts: -1 } } }", "/gateway/limits/wrongKeys/attempts"],
])("names the place of %s", (_what, yaml, pointer) => {
  const { config, diagnostics } = readConfigText(yaml, { environment: {} });
  expect(config).toBeNull();
  expect(diagnostics.filter(({ severity }) => severity === "error").map((found) => found.pointer)).toEqual([pointer]);
});

test("does not propose the key that was written", () => {
  const { diagnostics } = readConfigText(service("limits: [{ concurrent: 5, per: 1m }]"), { environment: {} });
  expect(diagnostics).toMatchObject([{ message: 'services.notes.limits[0] cannot have "per" beside its other keys' }]);
  expect(JSON.stringify(diagnostics)).not.toContain("did you mean");
});

test("takes every kind of limit, bounds of upstreams and rollouts without a warning", () => {
  const yaml = `${service(`limits: [{ requests: 5, per: month, zone: Asia/Tokyo, by: [consumer, address], path: "/a/{b}/**", methods: [PUT] }, { concurrent: 5, queue: { length: 5, wait: 1s }, by: version }, { bodyBytes: 1MiB }], canary: { target: "http://127.0.0.1:2", percent: 5, rollout: {} }, mirror: { target: "http://127.0.0.1:2", compare: { ignore: ["/items/*/etag"] } }`)}
consumers: { a: { ${key}, priority: high, limits: [{ requests: 5, per: 1m, by: key }] } }`;
  const { config, diagnostics } = readConfigText(yaml, { environment: {} });
  expect(diagnostics).toEqual([]);
  expect(config?.services["notes"]?.canary?.rollout).toEqual({ steps: [25, 50, 100], every: 600_000, minCalls: 200, significance: 0.01, slower: 20 });
});
