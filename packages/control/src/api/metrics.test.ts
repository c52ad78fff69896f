import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startControl, type TestControl } from "../testing/start-control.ts";
import { eventually } from "../testing/eventually.ts";
import { TestGateway } from "../testing/test-gateway.ts";

let control: TestControl;
let gateway: TestGateway;
beforeEach(async () => {
  control = await startControl();
  gateway = await TestGateway.connect(control.place.socket);
});
afterEach(async () => {
  gateway.close();
  await control.stop();
});

describe("metrics", () => {
  test("are those of all gateways together, in Prometheus' format", async () => {
    const other = await TestGateway.connect(control.place.socket, { worker: 1 });
    const silent = await TestGateway.connect(control.place.socket, { worker: 2 });
    for (const each of [gateway, other]) {
      void each.until(({ messages }) => messages.some((message) => message.type === "metrics")).then(() => {
        const request = each.messages.find((message) => message.type === "metrics")?.request ?? 0;
        each.send({
          type: "metrics", request, inFlight: 0,
          families: [
            { name: "parley_calls_total", help: "Calls.\nAll \\ of them", type: "counter", series: [{ labels: { service: 'a"b\\c\nd' }, value: 2 }] },
            { name: "parley_seconds", help: "Time.", type: "histogram", series: [{ labels: {}, buckets: [[0.1, 1], ["+Inf", 2]], sum: 0.5, count: 2 }] },
          ],
        });
      });
    }
    const begun = performance.now();
    const answer = await control.call("GET", "/metrics", { cookie: null });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = answer.body["text"] as string;
    expect(text).toContain(String.raw`# HELP parley_calls_total Calls.\nAll \\ of them` + "\n# TYPE parley_calls_total counter\n" + String.raw`parley_calls_total{service="a\"b\\c\nd"} 4` + "\n");
    expect(text).toContain('parley_seconds_bucket{le="0.1"} 2\nparley_seconds_bucket{le="+Inf"} 4\nparley_seconds_sum 1\nparley_seconds_count 4\n');
    expect(text).toContain("parley_gateways_connected 3\n");
    expect(text).toContain("parley_gateways_silent 1\n");
    other.close();
    silent.close();
  });

  test("are not for whoever comes through a proxy without a sign-in", async () => {
    expect(await control.call("GET", "/metrics", { cookie: null, headers: { "x-forwarded-for": "203.0.113.9" } })).toMatchObject({ status: 401 });
    expect(await control.call("GET", "/metrics", { headers: { "x-forwarded-for": "203.0.113.9" } })).toMatchObject({ status: 200 });
    const ready = await control.call("GET", "/readyz", { cookie: null, headers: { "x-forwarded-for": "203.0.113.9" } });
    expect(ready.body).not.toHaveProperty("diagnostics");
  });
});

test("/readyz speaks for both planes, /healthz for the process", async () => {
  await eventually(async () => (await control.call("GET", "/readyz")).status).toBe(200);
  gateway.close();
  await eventually(async () => (await control.call("GET", "/readyz")).body["checks"]).toMatchObject({ gateways: { ok: false } });
  expect(await control.call("GET", "/healthz", { cookie: null })).toMatchObject({ status: 200, body: { status: "alive" } });
});
