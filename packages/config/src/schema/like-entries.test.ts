import { config as configSchema } from "@parley/contract/config/config";
import { expect, test } from "vitest";
import { readConfigText } from "../read-config.ts";

const common = { access: "open", conflict: { mode: "enforce", locks: { maxTtl: "1m" } }, limits: [{ requests: 5, per: "1m" }] };
const settings = { timeouts: { connect: "1s" }, retry: { attempts: 2 } };
const target = (port: number): object => ({ url: `http://127.0.0.1:${port}` });

function reading(services: object, consumers: object = {}): ReturnType<typeof readConfigText> {
  return readConfigText(JSON.stringify({ services, consumers }, null, 1), { environment: {} });
}

test("entries that are like another one come out as the schema gives them, in their order", () => {
  const services = {
    notes: { path: "/notes", upstream: { ...settings, targets: [target(1)] }, ...common },
    plain: { path: "/plain", upstream: { targets: [target(2)] } },
    constructor: { path: "/c", upstream: { ...settings, targets: [{ ...target(3), weight: 2 }, target(4)] }, ...common },
    versioned: { path: "/versioned", versions: { select: { by: "path" }, list: { v1: { upstream: { targets: [target(5)] } } } } },
    again: { path: "/again", upstream: { targets: [target(2)] } },
    other: { path: "/other", upstream: { targets: [target(6)] }, access: "open" },
    last: { ...common, upstream: { ...settings, targets: [target(7)] }, path: "/last" },
  };
  const consumers = {
    shop: { limits: [{ requests: 5, per: "1m" }], keys: [{ name: "one", hash: `sha256:${"1".repeat(64)}` }] },
    empty: {},
    store: { limits: [{ requests: 5, per: "1m" }], keys: [{ name: "two", hash: `sha256:${"2".repeat(64)}` }] },
    secret: { keys: [{ name: "three", secret: "a-long-enough-secret" }] },
  };
  const { config } = reading(services, consumers);
  expect(config?.services).toEqual(configSchema.parse({ services }).services);
  expect(Object.keys(config?.services ?? {})).toEqual(Object.keys(services));
  expect(config?.consumers).toEqual(configSchema.parse({ consumers }).consumers);
  expect(Object.keys(config?.consumers ?? {})).toEqual(Object.keys(consumers));
});

test("targets at one address come out as the schema gives them, whatever is behind it", () => {
  const urls = ["http://h:1", "http://h:1/", "http://h:1/a-b/c_d", "http://h:1/a.b/../c", "http://h:1/%20", "https://h:1/a", "http://h:1/a/"];
  const services = Object.fromEntries(urls.map((url, index) => [`s${index}`, { path: `/s${index}`, upstream: { targets: [{ url }] } }]));
  expect(reading(services).config?.services).toEqual(configSchema.parse({ services }).services);
});

test.each(["http://h:1/a?b=c", "http://h:1/a#b", "http://h:99999/a", "http://a@h:1/a", "ftp://h:1/a", "h:1/a", "/a", "http://"])("%s is refused beside one that is not", (url) => {
  const one = (path: string, target: string): object => ({ path, upstream: { targets: [{ url: target }] } });
  expect(reading({ one: one("/one", "http://h:1/a"), two: one("/two", "http://h:1/b"), bad: one("/bad", url) }).diagnostics.map(({ pointer }) => pointer)).toEqual(["/services/bad/upstream/targets/0/url"]);
});

const good = { path: "/good", upstream: { targets: [target(1)] } };

test.each([
  ["a path that is none", { path: "bad", upstream: { targets: [target(1)] } }, "/services/bad/path"],
  ["the gateway's own path", { path: "/.well-known/parley", upstream: { targets: [target(1)] } }, "/services/bad/path"],
  ["a target that is none", { path: "/bad", upstream: { targets: [target(1), { url: "ftp://x" }] } }, "/services/bad/upstream/targets/1/url"],
  ["a weight that is none", { path: "/bad", upstream: { targets: [{ ...target(1), weight: -1 }] } }, "/services/bad/upstream/targets/0/weight"],
  ["no target", { path: "/bad", upstream: { targets: [] } }, "/services/bad/upstream/targets"],
  ["a path that is taken", { path: "/good", upstream: { targets: [target(1)] } }, "/services/bad/path"],
  ["targets without any weight", { path: "/bad", upstream: { targets: [{ ...target(1), weight: 0 }] } }, "/services/bad/upstream/targets"],
])("%s is told of a service that is like another one", (_what, bad, pointer) => {
  const { config, diagnostics } = reading({ good, bad });
  expect(config).toBeNull();
  expect(diagnostics.map((diagnostic) => diagnostic.pointer)).toEqual([pointer]);
  expect(diagnostics[0]?.line).toBeGreaterThan(9);
});

test("a mistake that several have is told of each", () => {
  const unclear = { ...good, access: "maybe" };
  const twice = [{ requests: 0, per: "1m" }];
  const { diagnostics } = reading({ one: unclear, two: { ...unclear, path: "/two" } }, { shop: { limits: twice }, store: { limits: twice } });
  expect(diagnostics.map(({ pointer }) => pointer)).toEqual(["/services/one/access", "/services/two/access", "/consumers/shop/limits/0/requests", "/consumers/store/limits/0/requests"]);
});

test("a name that is none is told of an entry that is like another one", () => {
  expect(reading({ good, "-": { ...good, path: "/other" } }, { shop: { keys: [] }, "-": { keys: [] } }).diagnostics.map(({ pointer }) => pointer)).toEqual(["/services/-", "/consumers/-"]);
});
