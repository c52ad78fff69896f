/** An alert from the call to the receiver, with the control plane killed in between. */
import { createServer } from "node:http";
import { expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { startParley } from "../harness/start-parley.ts";
import { listen } from "../harness/test-server.ts";

interface Got {
  id: string;
  alerts: { alert: string; state: string; value: number; reason: string; link: string }[];
}

test("what fires before kill -9 arrives after it, under one id, with a link to the calls; and so does its end", async () => {
  const got: Got[] = [];
  let takes = false;
  await using receiver = await listen(
    createServer((request, response) => {
      let text = "";
      request.on("data", (piece) => (text += String(piece)));
      request.on("end", () => {
        got.push(JSON.parse(text) as Got);
        response.writeHead(takes ? 200 : 503).end();
      });
    }),
  );
  await using parley = await startParley({
    yaml: `services: { notes: { path: /notes, upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, access: open } }
alerts: { failing: { when: { metric: error_rate, service: notes, above: 0.05, window: 15s }, notify: [ops] } }
channels: { ops: { webhook: "${receiver.url}/hook" } }\n`,
  });
  for (let call = 0; call < 3; call++) await fetch(`${parley.gatewayUrl}/notes/${call}`);
  await eventually(() => got.length > 0, { withinMs: 60_000 });
  parley.kill("control");
  takes = true;
  await eventually(() => got.some(({ alerts }) => alerts[0]?.state === "resolved"), { withinMs: 90_000 });
  const firing = got.filter(({ alerts }) => alerts[0]?.state === "firing");
  expect(firing.length).toBeGreaterThan(1);
  expect(new Set(firing.map(({ id }) => id)).size).toBe(1);
  expect(firing[0]?.alerts).toMatchObject([{ alert: "failing", value: 1, reason: "Error rate of notes: 100 % over 15s (3 of 3 calls failed), above 5 %" }]);
  expect(new Set(got.map(({ id }) => id)).size).toBe(2);
  const link = new URL(firing[0]?.alerts[0]?.link ?? "");
  const calls = await parley.admin(`/api/calls?query=${encodeURIComponent(link.searchParams.get("q") ?? "")}&from=${link.searchParams.get("from") ?? ""}&to=${link.searchParams.get("to") ?? ""}`);
  expect(((await calls.json()) as { items: { status: number }[] }).items.map(({ status }) => status)).toEqual([502, 502, 502]);
  // The receiver has it before its answer is written down.
  await vi.waitFor(async () => {
    const events = (await (await parley.admin("/api/alert-events")).json()) as { items: { kind: string; deliveries: { state: string }[] }[] };
    expect(events.items.map(({ kind, deliveries }) => [kind, deliveries.map(({ state }) => state)])).toEqual([["resolved", ["delivered"]], ["firing", ["delivered"]]]);
  }, 20_000);
}, 180_000);
