/** Alerts as an on-call engineer meets them: tried, seen firing, looked after, silenced, and looked back at. */
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { listen, type TestServer } from "../harness/test-server.ts";
import { axeFindings } from "./axe.ts";
import { signedInBrowser, type TestBrowser } from "./browser.ts";
import { put } from "./sample.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Got {
  alerts: { alert: string; state: string; link: string }[];
}

let parley: Parley;
let browser: TestBrowser;
let receiver: TestServer;
let receiverStatus = 200;
const got: Got[] = [];

beforeAll(async () => {
  receiver = await listen(createServer((request, response) => {
    let text = "";
    request.on("data", (piece) => (text += String(piece))).on("end", () => {
      if (receiverStatus === 200) got.push(JSON.parse(text) as Got);
      response.writeHead(receiverStatus).end();
    });
  }));
  parley = await startParley();
  await put(parley, "/api/services/open", { path: "/open", access: "open", upstream: { targets: [{ url: "http://127.0.0.1:9" }] } });
  await put(parley, "/api/channels/ops", { webhook: `${receiver.url}/hook`, private: true });
  await put(parley, "/api/alerts/failing", { when: { metric: "errors", service: "open", above: 2, window: "10m" }, notify: ["ops"] });
  let failed = 0;
  // Not before the gateway knows the service.
  await eventually(async () => (await fetch(`${parley.gatewayUrl}/open/${failed}`)).status === 502 && ++failed === 5);
  browser = await signedInBrowser(parley);
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await parley[Symbol.asyncDispose]();
  await receiver.close();
});

test("26 a channel is tried with a click, and says what its receiver said", async () => {
  const { page, context } = await browser.page();
  await page.goto("/channels/ops");
  const before = got.length;
  await page.getByRole("button", { name: "Send a test to ops" }).click();
  await page.getByText(/ops took the message within/).waitFor();
  expect(got.length).toBeGreaterThan(before);
  receiverStatus = 410;
  await page.getByRole("button", { name: "Send a test to ops" }).click();
  await page.getByText(/ops did not take it: .*410/).waitFor();
  receiverStatus = 200;
  expect(await axeFindings(page)).toEqual([]);
  await context.close();
});

test("26 what fires is seen, leads to the calls behind it, and its message does the same at an absolute time", async () => {
  const firing = await eventually(() => got.flatMap(({ alerts }) => alerts).find(({ alert, state }) => alert === "failing" && state === "firing"), { withinMs: 90_000 });
  const { page, context, complaints } = await browser.page();
  await page.goto("/alerts");
  const row = page.getByRole("region", { name: "Alerts" }).getByRole("row").filter({ hasText: "failing" });
  await row.getByText("firing", { exact: true }).waitFor();
  await row.getByRole("link", { name: /5/ }).click();
  await page.getByRole("heading", { level: 1, name: "Calls" }).waitFor();
  await page.getByText("5 calls", { exact: true }).waitFor();
  const link = new URL(firing.link);
  await page.goto(`${link.pathname}${link.search}`);
  await page.getByText("5 calls", { exact: true }).waitFor();
  expect(link.search).toMatch(/from=\d+&to=\d+/);
  expect(complaints).toEqual([]);
  await context.close();
});

test("one who looks after it is named to everybody, and its silence says until when and can be ended", async () => {
  const { page, context } = await browser.page();
  await page.goto("/alerts");
  const row = page.getByRole("region", { name: "Alerts" }).getByRole("row").filter({ hasText: "failing" });
  await row.getByRole("button", { name: "Acknowledge" }).click();
  await row.getByText("ann looks after it").waitFor();
  await row.getByRole("button", { name: "Silence failing" }).click();
  await page.getByRole("menuitem", { name: "for 8 hours" }).click();
  await row.getByText(/quiet until/).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  const other = await browser.page();
  await other.page.goto("/alerts");
  await other.page.getByRole("region", { name: "Alerts" }).getByText("ann looks after it").waitFor();
  await other.context.close();
  await row.getByRole("button", { name: "End the silence" }).click();
  await row.getByRole("button", { name: "Silence failing" }).waitFor();
  await context.close();
});

test("the history says what happened, by whom, and whether the message arrived", async () => {
  const { page, context } = await browser.page({ width: 1500 });
  await page.goto("/alerts/failing");
  const history = page.getByRole("region", { name: "What happened" });
  await history.getByText("firing", { exact: true }).waitFor();
  for (const what of ["acknowledged", "silenced", "unsilenced"]) await history.getByRole("row").filter({ hasText: "by ann" }).getByText(what, { exact: true }).waitFor();
  await history.getByText("ops: delivered").first().waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await history.getByRole("link", { name: "show" }).first().click();
  await page.getByText("5 calls", { exact: true }).waitFor();
  await context.close();
});
