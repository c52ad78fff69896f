import type { MirrorReport, MirrorState } from "@parley/contract/api/mirror";
import { afterEach, expect, it } from "vitest";
import { startControl, type TestControl } from "../testing/start-control.ts";
import { TestGateway } from "../testing/test-gateway.ts";

const stops: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function started(): Promise<TestControl> {
  const control = await startControl();
  stops.push(() => control.stop());
  const spec = { path: "/notes", upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, mirror: { target: "http://127.0.0.1:2", compare: { ignore: ["/at"] } } };
  expect((await control.call("PUT", "/api/services/notes", { create: true, body: { spec } })).status).toBe(201);
  expect((await control.call("PUT", "/api/services/plain", { create: true, body: { spec: { ...spec, path: "/plain", mirror: undefined } } })).status).toBe(201);
  return control;
}

/** A worker that answers with what it counted, and counts anew when told to. */
async function worker(control: TestControl, number: number, counted: Partial<MirrorState>): Promise<void> {
  const gateway = await TestGateway.connect(control.place.socket, { worker: number });
  stops.push(() => gateway.close());
  const nothing: MirrorState = { service: "notes", since: 5, equal: 0, different: 0, failed: 0, dropped: 0, skipped: 0, bodiesTooLong: 0, failures: {}, places: [], elsewhere: 0, times: { service: [], mirror: [] } };
  let state: MirrorState = { ...nothing, ...counted };
  let answered = 0;
  const answer = async (): Promise<void> => {
    for (;;) {
      const seen = answered;
      await gateway.until(({ messages }) => messages.filter(({ type }) => type === "mirrors").length > seen);
      const asked = gateway.messages.filter((message) => message.type === "mirrors")[answered++];
      if (asked === undefined) return;
      if (asked.forget === "notes") state = nothing;
      gateway.send({ type: "mirrors", request: asked.request, states: [state, { ...nothing, service: "other", different: 99 }] });
    }
  };
  void answer();
  await gateway.until(({ snapshot }) => snapshot.entities.service["notes"] !== undefined);
}

const place = (calls: number, at: number) => ({ in: "body" as const, at: "/price", calls, example: { call: `c${at}`, at, method: "GET", path: "/notes/7", service: "7", mirror: "8" } });

it("puts the workers' counts together: shares, places with the newest example, failures, and times of both", async () => {
  const control = await started();
  await worker(control, 0, { since: 100, equal: 90, different: 5, failed: 1, failures: { "upstream-timeout": 1 }, places: [place(5, 1000)], times: { service: [1, 2, 3], mirror: [10, 20, 30] } });
  await worker(control, 1, { since: 50, equal: 3, different: 2, dropped: 4, failures: { "upstream-broken": 2 }, places: [place(2, 2000), { ...place(9, 1), at: "/tax" }], times: { service: [4], mirror: [40] } });
  const report = (await control.call("GET", "/api/services/notes/mirror")).body as unknown as MirrorReport;
  expect(report).toMatchObject({
    service: "notes", mirror: { version: null, target: "http://127.0.0.1:2", percent: 10, methods: ["GET", "HEAD"], ignore: ["/at"] },
    since: 50, equal: 93, different: 7, failed: 1, dropped: 4, equalShare: 0.93, failures: [{ code: "upstream-broken", calls: 2 }, { code: "upstream-timeout", calls: 1 }],
    times: { service: { p50Ms: 3, p95Ms: 4 }, mirror: { p50Ms: 30, p95Ms: 40 } },
  });
  expect(report.places).toMatchObject([{ at: "/tax", calls: 9 }, { at: "/price", calls: 7, example: { call: "c2000" } }]);
  expect((await control.call("DELETE", "/api/services/notes/mirror")).status).toBe(204);
  expect((await control.call("GET", "/api/services/notes/mirror")).body).toMatchObject({ equal: 0, different: 0, equalShare: null, places: [] });
});

it("takes no mirror that leads nowhere, or that would carry writes out twice", async () => {
  const control = await started();
  const spec = { path: "/other", upstream: { targets: [{ url: "http://127.0.0.1:1" }] } };
  const put = async (mirror: object) => (await control.call("PUT", "/api/services/other", { create: true, body: { spec: { ...spec, mirror } } })).body;
  expect(await put({ version: "v9" })).toMatchObject({ status: 400, errors: [{ pointer: "/spec/mirror/version" }] });
  expect(await put({ target: "http://127.0.0.1:1", methods: ["POST"] })).toMatchObject({ status: 400, errors: [{ pointer: "/spec/mirror/methods/0" }] });
});

it("says what is missing where there is no mirror, and nothing of figures while no gateway answers", async () => {
  const control = await started();
  expect((await control.call("GET", "/api/services/notes/mirror")).body).toMatchObject({ since: null, equalShare: null });
  expect((await control.call("GET", "/api/services/plain/mirror")).body).toMatchObject({ status: 404, fix: expect.stringContaining("mirror:") as string });
  expect((await control.call("GET", "/api/services/gone/mirror")).status).toBe(404);
});
