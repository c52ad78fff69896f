/** Alerts and channels over the admin API, and as a file has them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { startControl, type TestControl } from "../testing/start-control.ts";

let controls: TestControl[] = [];
let endings: (() => void)[] = [];
afterEach(async () => {
  for (const control of controls) await control.stop();
  for (const end of endings) end();
  controls = [];
  endings = [];
});

async function started(options?: Parameters<typeof startControl>[0]): Promise<TestControl> {
  const control = await startControl(options);
  controls.push(control);
  return control;
}

async function receiver(): Promise<{ url: string; got: string[] }> {
  const got: string[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (piece) => (text += String(piece)));
    request.on("end", () => {
      got.push(text);
      response.end("thanks");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endings.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got };
}

const spike = { spec: { when: { metric: "errors", above: 10 }, notify: ["ops"] } };

describe("in database mode", () => {
  test("a channel's secrets are kept and never shown, and only a channel that says so reaches a private address", async () => {
    const control = await started();
    const { url, got } = await receiver();
    const made = await control.call("PUT", "/api/channels/ops", { body: { spec: { webhook: url, secret: "a long secret" } }, create: true });
    expect([made.status, made.body.spec]).toEqual([201, { webhook: url, secret: "***" }]);
    const refused = await control.call("POST", "/api/channels/ops/test");
    expect(refused.body).toMatchObject({ delivered: false, detail: expect.stringContaining("private: true") as string });
    const allowed = await control.call("PUT", "/api/channels/ops", { body: { spec: { ...made.body.spec, private: true } }, ifMatch: made.etag });
    expect(allowed.status).toBe(200);
    expect((await control.call("POST", "/api/channels/ops/test")).body).toMatchObject({ delivered: true, status: 200, detail: "thanks" });
    expect(JSON.parse(got[0] ?? "")).toMatchObject({ channel: "ops", alerts: [{ state: "test" }] });
    const hook = await control.call("PUT", "/api/channels/chat", { body: { spec: { slack: "https://hooks.slack.example/T/B/secret" } }, create: true });
    expect(hook.body.spec).toEqual({ slack: "***" });
  });

  test("an alert leads somewhere, and what it needs is not deleted under it", async () => {
    const control = await started();
    const put = (body: unknown) => control.call("PUT", "/api/alerts/spike", { body, create: true });
    expect(await put(spike)).toMatchObject({ status: 400, body: { errors: [{ pointer: "/spec/notify/0" }] } });
    const channel = await control.call("PUT", "/api/channels/ops", { body: { spec: { webhook: "https://example.com/" } }, create: true });
    for (const [when, pointer] of [[{ metric: "errors" }, "/spec/when/metric"], [{ metric: "errors", above: 1, query: "statsu:500" }, "/spec/when/query"], [{ metric: "burn_rate" }, "/spec/when/metric"], [{ metric: "errors", above: 1, service: "none" }, "/spec/when/service"]] as const) {
      expect(await put({ spec: { when, notify: ["ops"] } })).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    }
    expect((await put(spike)).status).toBe(201);
    expect(await control.call("DELETE", "/api/channels/ops", { ifMatch: channel.etag })).toMatchObject({ status: 409, body: { code: "in-use" } });
    expect((await control.call("GET", "/api/config")).body["yaml"]).toContain("spike:");
  });

  test("states, silences and acknowledgement; each of them in the history, and over a restart", async () => {
    const control = await started();
    await control.call("PUT", "/api/channels/ops", { body: { spec: { webhook: "https://example.com/" } }, create: true });
    await control.call("PUT", "/api/alerts/spike", { body: spike, create: true });
    expect(await control.call("POST", "/api/alerts/spike/acknowledge")).toMatchObject({ status: 409, body: { code: "alert-not-firing" } });
    expect(await control.call("POST", "/api/alerts/none/silence", { body: { minutes: 5 } })).toMatchObject({ status: 404 });
    expect(await control.call("POST", "/api/alerts/spike/silence", { body: { minutes: 5, reason: "a test" } })).toMatchObject({ status: 200, body: { silenced: { by: "token", reason: "a test" } } });
    const again = await control.restart();
    controls = [again];
    expect((await again.call("GET", "/api/alert-states")).body.items).toMatchObject([{ alert: "spike", silenced: { reason: "a test" } }]);
    expect((await again.call("DELETE", "/api/alerts/spike/silence")).status).toBe(204);
    const events = await again.call("GET", "/api/alert-events?alert=spike&limit=1");
    expect(events.body.items).toMatchObject([{ kind: "unsilenced", by: "token" }]);
    expect((await again.call("GET", `/api/alert-events?after=${String(events.body["next"])}`)).body.items).toMatchObject([{ kind: "silenced" }]);
  });

  test("a preview needs nothing to be saved, and is refused for a range that is none", async () => {
    const control = await started();
    // The call log opens beside everything else.
    await expect.poll(async () => (await control.call("GET", "/api/calls")).status, { timeout: 20_000 }).toBe(200);
    const preview = await control.call("POST", "/api/alerts/preview", { body: { spec: { when: { metric: "calls", below: 1, window: "1h" }, notify: [] } } });
    expect(preview).toMatchObject({ status: 200, body: { past: true, firings: [{ to: null, peak: 0 }], now: { value: 0 } } });
    const edits = await control.call("POST", "/api/alerts/preview", { body: { spec: { when: { metric: "overlapping_edits" }, notify: [] } } });
    expect(edits.body).toMatchObject({ past: false, firings: [], now: { value: null, reason: "Overlapping edits now: nothing to measure (no gateway answers)" } });
    expect(await control.call("POST", "/api/alerts/preview", { body: { spec: { when: { metric: "calls", below: 1 }, notify: [] }, from: 2, to: 1 } })).toMatchObject({ status: 400 });
  });
});

test("in a file a channel may be on the machine itself, and its secrets stay out of sight and of the audit log when the file is read again", async () => {
  const { url, got } = await receiver();
  const folder = mkdtempSync(join(tmpdir(), "parley-alerts-"));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "parley.yaml");
  const yaml = `alerts: { spike: { when: { metric: calls, below: 1 }, notify: [ops] } }\nchannels: { ops: { webhook: "${url}", secret: a-long-secret } }\n`;
  writeFileSync(file, yaml);
  const control = await started({ file });
  expect((await control.call("GET", "/api/channels/ops")).body.spec).toEqual({ webhook: url, secret: "***" });
  expect((await control.call("POST", "/api/channels/ops/test")).body).toMatchObject({ delivered: true });
  const before = (await control.call("GET", "/api/channels/ops")).etag;
  writeFileSync(file, `${yaml}# changed\n`);
  await expect.poll(() => control.logged.some(({ msg }) => msg === "the configuration file was taken over"), { timeout: 20_000 }).toBe(true);
  expect((await control.call("GET", "/api/channels/ops")).etag).toBe(before);
  // No calls for five minutes: the rule fires by itself.
  await expect.poll(() => got.map((text) => (JSON.parse(text) as { alerts: { state: string }[] }).alerts[0]?.state), { timeout: 30_000 }).toContain("firing");
  expect((await control.call("PUT", "/api/alerts/other", { body: spike, create: true })).status).toBe(403);
}, 60_000);
