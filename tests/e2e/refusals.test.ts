/** What programs and people read when the admin API or the gateway refuses something: each operation is asked wrongly, in every way that its document tells of. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Parley, startParley } from "../harness/start-parley.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Refusal {
  asked: string;
  status: number;
  contentType: string;
  problem: Record<string, unknown>;
}

let parley: Parley;
const refusals: Refusal[] = [];

async function ask(asked: string, url: string, init: RequestInit): Promise<void> {
  const answer = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(30_000) });
  if (answer.status < 400) {
    // Some of these never end.
    await answer.body?.cancel();
    return;
  }
  const text = await answer.text();
  refusals.push({ asked: `${init.method ?? "GET"} ${asked}`, status: answer.status, contentType: answer.headers.get("content-type") ?? "", problem: init.method === "HEAD" ? {} : (JSON.parse(text) as Record<string, unknown>) });
}

async function askEverythingWrongly(): Promise<void> {
  const { paths } = (await (await parley.admin("/api/openapi.json")).json()) as { paths: Record<string, Record<string, unknown>> };
  const authorization = `Bearer ${parley.adminToken}`;
  const json = { authorization, "content-type": "application/json" };
  for (const [path, operations] of Object.entries(paths)) {
    const url = new URL(path.replace(/\{[^}]+\}/g, "not-there"), parley.adminUrl).href;
    for (const method of Object.keys(operations).map((name) => name.toUpperCase())) {
      await ask(path, url, { method });
      await ask(`${path}?no-such-parameter=1`, `${url}?no-such-parameter=1`, { method, headers: { authorization } });
      if (method === "GET") continue;
      await ask(path, url, { method, headers: json, body: "[1" });
      await ask(path, url, { method, headers: { ...json, "if-match": '"stale"' }, body: '{"no-such-member":true}' });
    }
    await ask(path, url, { method: "PROPFIND", headers: { authorization } });
  }
  await ask("an unknown path", `${parley.adminUrl}/api/nothing`, { headers: { authorization } });
  await ask("an unknown route", `${parley.gatewayUrl}/nothing`, {});
}

beforeAll(async () => {
  parley = await startParley();
  await askEverythingWrongly();
});

afterAll(() => parley[Symbol.asyncDispose]());

test("6 every refusal is a problem document with its type, its code and what to do", () => {
  expect(refusals.length).toBeGreaterThan(200);
  const lacking = refusals.filter(({ status, contentType, problem }) =>
    !contentType.startsWith("application/problem+json") || problem["status"] !== status || ["type", "title", "code", "fix"].some((name) => typeof problem[name] !== "string" || problem[name] === "") || !String(problem["type"]).endsWith(`/${String(problem["code"])}`));
  expect(lacking).toEqual([]);
  expect(refusals.filter(({ status }) => status >= 500)).toEqual([]);
});

test("6 what is wrong with a parameter or a member is named, and a refused call is named by its id", () => {
  const invalid = refusals.filter(({ problem }) => problem["code"] === "invalid-body" && Array.isArray(problem["errors"]));
  expect(invalid.length).toBeGreaterThan(5);
  expect(JSON.stringify(invalid.map(({ problem }) => problem["errors"]))).toContain("no-such-member");
  const withParameter = refusals.filter(({ asked, status }) => asked.includes("?") && status === 400);
  expect(withParameter.length).toBeGreaterThan(20);
  expect(withParameter.filter(({ problem }) => problem["code"] !== "invalid-parameter" || !String(problem["detail"]).includes("no-such-parameter"))).toEqual([]);
  expect(refusals.at(-1)?.problem["callId"]).toMatch(/^[0-9a-f]{32}$/);
});

test("7 every type is an address with the cause and what to do, for people and for programs", async () => {
  const types = [...new Set(refusals.map(({ problem }) => String(problem["type"])))];
  expect(types.length).toBeGreaterThan(5);
  for (const type of types) {
    const page = await fetch(type, { headers: { accept: "text/html" } });
    expect([type, page.status, page.headers.get("content-type")]).toEqual([type, 200, expect.stringContaining("text/html")]);
    const text = await (await fetch(type, { headers: { accept: "text/markdown" } })).text();
    expect(text, type).toContain("**Why.**");
    expect(text, type).toContain("**What to do.**");
  }
});
