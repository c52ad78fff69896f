/** Mistakes in alerts and channels, told with their place. */
import { expect, test } from "vitest";
import { readConfigText } from "./index.ts";

const channels = "channels: { ops: { webhook: https://example.com/ } }\n";

test.each<[what: string, yaml: string, pointer: string, message: RegExp]>([
  ["a metric that there is not", `${channels}alerts: { a: { when: { metric: conflict_rates, above: 1 }, notify: [ops] } }`, "/alerts/a/when/metric", /conflict_rate/],
  ["no bound", `${channels}alerts: { a: { when: { metric: errors }, notify: [ops] } }`, "/alerts/a/when/metric", /needs a bound/],
  ["a bound that is no number", `${channels}alerts: { a: { when: { metric: errors, above: many }, notify: [ops] } }`, "/alerts/a/when/above", /neither a number nor a duration/],
  ["a query that cannot be read", `${channels}alerts: { a: { when: { metric: errors, above: 1, query: "statsu:500" }, notify: [ops] } }`, "/alerts/a/when/query", /did you mean status/],
  ["a query with a time of its own", `${channels}alerts: { a: { when: { metric: errors, above: 1, query: "at:-1h" }, notify: [ops] } }`, "/alerts/a/when/query", /the time is the window's/],
  ["a query where there are no calls", `${channels}alerts: { a: { when: { metric: targets_out, query: "status:500" }, notify: [ops] } }`, "/alerts/a/when/query", /narrowed by service/],
  ["a burn rate without an objective", `${channels}alerts: { a: { when: { metric: burn_rate }, notify: [ops] } }`, "/alerts/a/when/metric", /needs an objective/],
  ["the usual of what has none", `${channels}alerts: { a: { when: { metric: targets_out, aboveUsual: 2 }, notify: [ops] } }`, "/alerts/a/when/aboveUsual", /no usual/],
  ["a window that is too long", `${channels}alerts: { a: { when: { metric: errors, above: 1, window: 90d }, notify: [ops] } }`, "/alerts/a/when/window", /1s to 31d/],
  ["a channel that is none", "channels: { ops: { resolved: false } }", "/channels/ops", /one of webhook, slack, teams, pagerduty, email/],
  ["a channel that is two", "channels: { ops: { webhook: https://a.example/, slack: https://b.example/ } }", "/channels/ops", /this is webhook and slack/],
  ["an address that is none", "channels: { ops: { webhook: example.com } }", "/channels/ops/webhook", /not a URL/],
  ["credentials in an address", "channels: { ops: { webhook: https://me:secret@example.com/ } }", "/channels/ops/webhook", /credentials do not belong/],
  ["a secret that signs nothing", "channels: { ops: { slack: https://b.example/, secret: a-long-secret } }", "/channels/ops/secret", /signs what goes to a webhook/],
])("%s", (_what, yaml, pointer, message) => {
  const errors = readConfigText(yaml, { environment: {} }).diagnostics.filter(({ severity }) => severity === "error");
  expect(errors.map((error) => [error.pointer, `${error.message} ${error.suggestion ?? ""}`])).toEqual([[pointer, expect.stringMatching(message)]]);
});

test("a metric that has a bound of its own needs none, and a latency is written with its unit", () => {
  const yaml = `${channels}alerts:
  a: { when: { metric: overlapping_edits }, notify: [ops] }
  b: { when: { metric: latency_p95, above: 1.5s, for: 1m }, notify: [ops] }
  c: { when: { metric: burn_rate, objective: { target: 0.999 } }, notify: [ops] }\n`;
  const { config, diagnostics } = readConfigText(yaml, { environment: {} });
  expect(diagnostics).toEqual([]);
  expect(config?.alerts["b"]?.when).toMatchObject({ above: 1_500, for: 60_000, window: 300_000 });
});
