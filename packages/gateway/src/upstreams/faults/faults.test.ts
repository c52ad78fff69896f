import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { CallRecord } from "@parley/contract/call-record";
import type { ServiceSource } from "@parley/contract/config/service";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { makeCertificates, type CertificatesUnderTest } from "../../main/certificates-under-test.ts";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startFaultyUpstream, type Fault, type FaultyUpstream } from "./faulty-upstream.ts";

vi.setConfig({ testTimeout: 60_000 });

type UpstreamSource = NonNullable<ServiceSource["upstream"]>;

let certificates: CertificatesUnderTest;
beforeAll(() => {
  certificates = makeCertificates();
  certificates.issue("stranger", { names: "IP:127.0.0.1" });
});
afterAll(() => certificates.remove());

function faulty(fault: Fault): Promise<FaultyUpstream> {
  return startFaultyUpstream(fault, fault === "tls-unknown" ? { key: readFileSync(certificates.key("stranger"), "utf8"), cert: readFileSync(certificates.cert("stranger"), "utf8") } : null);
}

/** A service whose first target has the fault, and whose second is well. */
async function withFault(fault: Fault, more: Partial<UpstreamSource>, run: (place: { gateway: GatewayUnderTest; faulty: FaultyUpstream; spare: FaultyUpstream }) => Promise<void>): Promise<CallRecord[]> {
  const [first, spare] = [await faulty(fault), await startFaultyUpstream("fine")];
  // What comes byte by byte comes at the machine's pace.
  const timeouts = { connect: "700ms", firstByte: fault === "drip" ? "10s" : "700ms", idle: "700ms" };
  const upstream: UpstreamSource = { targets: [{ url: first.url }, { url: spare.url }], balance: "failover", timeouts, retry: { attempts: 2, on: ["connect-failure", "reset", 502, 503, 504] }, ...more };
  const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", conflict: { mode: "off" }, upstream } } });
  let records: CallRecord[] = [];
  try {
    await run({ gateway, faulty: first, spare });
    await vi.waitFor(() => expect(gateway.gateway.targets().every(({ inFlight }) => inFlight === 0)).toBe(true), 10_000);
  } finally {
    records = await gateway.stop();
    await Promise.all([first.close(), spare.close()]);
  }
  return records;
}

/** `200 well`, `502 upstream-broken`, or `200 cut` where the connection broke off in the body. */
async function outcome(gateway: GatewayUnderTest, init: RequestInit): Promise<string> {
  const answer = await fetch(`${gateway.url}/notes/7`, init);
  const text = await answer.text().catch(() => "cut");
  return `${answer.status} ${/"code":"([^"]*)"/.exec(text)?.[1] ?? text}`.trim();
}

const methods = {
  "GET": { method: "GET" },
  "PUT": { method: "PUT", body: "x" },
  "POST": { method: "POST", body: "x" },
  "POST with a key": { method: "POST", body: "x", headers: { "idempotency-key": "k1" } },
} satisfies Record<string, RequestInit>;
type Method = keyof typeof methods;
const all: Method[] = ["GET", "PUT", "POST", "POST with a key"];
const safe: Method[] = ["GET", "PUT", "POST with a key"];

/** What the caller gets, for which methods; and how often the request reached somebody whole, the faulty one and the other. */
interface Row {
  fault: Fault;
  methods: Method[];
  gets: string;
  sent: [faulty: number, spare: number];
}

const table: Row[] = [
  // Nothing was sent, so another target gets it whatever it is.
  ...(["refuse", "no-such-host", "not-tls", "tls-hang", "tls-unknown"] as const).map((fault): Row => ({ fault, methods: all, gets: "200 well", sent: [0, 1] })),
  // Sent, and nobody knows what became of it: only what is as good twice as once is sent again.
  ...(["reset", "half-close", "reset-mid-head"] as const).flatMap((fault): Row[] => [
    { fault, methods: safe, gets: "200 well", sent: [1, 1] },
    { fault, methods: ["POST"], gets: "502 upstream-broken", sent: [1, 0] },
  ]),
  { fault: "status-503", methods: safe, gets: "200 well", sent: [1, 1] },
  { fault: "status-503", methods: ["POST"], gets: "503", sent: [1, 0] },
  // Whoever is this slow or this broken may be at work on it still.
  { fault: "hang", methods: all, gets: "504 upstream-timeout", sent: [1, 0] },
  ...(["garbage", "endless-headers", "endless-hints"] as const).map((fault): Row => ({ fault, methods: all, gets: "502 upstream-broken", sent: [1, 0] })),
  // The answer has begun: never a clean end, never a second one.
  ...(["reset-mid-body", "too-little", "stalls-mid-body", "bad-chunk"] as const).map((fault): Row => ({ fault, methods: all, gets: "200 cut", sent: [1, 0] })),
  // Odd, but whole.
  ...(["too-much", "drip", "fine"] as const).map((fault): Row => ({ fault, methods: all, gets: "200 well", sent: [1, 0] })),
];

describe("what the caller gets, and how often a request is sent", () => {
  it.concurrent.each(table)("$fault, $methods: $gets", async ({ fault, methods: named, gets, sent }) => {
    for (const name of named) {
      await withFault(fault, {}, async ({ gateway, faulty: first, spare }) => {
        expect(await outcome(gateway, methods[name])).toBe(gets);
        expect([first.requests.length, spare.requests.length]).toEqual(sent);
      });
    }
  });
});

describe("who gets no more calls after three in a row", () => {
  const ill: Fault[] = ["hang", "reset", "half-close", "reset-mid-head", "garbage", "endless-hints", "status-503", "reset-mid-body", "too-little", "bad-chunk"];
  const well: Fault[] = ["fine", "too-much", "drip"];
  const rests = { balance: "round-robin", outliers: { failures: 3, rest: "1m" }, retry: { attempts: 1 } } as const;

  it.concurrent.each(ill)("%s rests, and the other target carries everything", async (fault) => {
    await withFault(fault, rests, async ({ gateway, faulty: first, spare }) => {
      for (let call = 0; call < 6; call++) await outcome(gateway, methods.GET);
      expect(first.requests.length).toBe(3);
      expect(await Promise.all(Array.from({ length: 10 }, () => outcome(gateway, methods.GET)))).toEqual(Array.from({ length: 10 }, () => "200 well"));
      expect([first.requests.length, spare.requests.length]).toEqual([3, 13]);
    });
  });

  it.concurrent.each(well)("%s goes on", async (fault) => {
    await withFault(fault, rests, async ({ gateway, faulty: first }) => {
      for (let call = 0; call < 12; call++) expect(await outcome(gateway, methods.GET)).toBe("200 well");
      expect(first.requests.length).toBe(6);
    });
  });

  it.concurrent.each(["round-robin", "least-requests", "ewma", "consistent-hash", "failover"] as const)("whatever chooses: %s", async (balance) => {
    await withFault("reset", { ...rests, balance }, async ({ gateway, faulty: first }) => {
      // Different resources, or a hash would have no choice.
      for (let call = 0; call < 60; call++) await (await fetch(`${gateway.url}/notes/${call}`)).arrayBuffer();
      expect(first.requests.length).toBeLessThanOrEqual(3);
      expect((await fetch(`${gateway.url}/notes/7`)).status).toBe(200);
    });
  });
});

describe("a breaker", () => {
  it.concurrent.each(["reset", "garbage", "status-503", "refuse", "reset-mid-body"] as const)("%s: refuses at once after two, and lets calls through when one trial has succeeded", async (fault) => {
    // What refuses connections here never listens again.
    const recovers = fault !== "refuse";
    const upstream = await faulty(fault);
    const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", conflict: { mode: "off" }, upstream: { targets: [{ url: upstream.url }], breaker: { failures: 2, rest: "300ms" } } } } });
    for (let call = 0; call < 2; call++) expect(await outcome(gateway, methods.GET)).not.toContain("upstream-resting");
    const refused = await fetch(`${gateway.url}/notes/7`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await refused.json()).toMatchObject({ code: "upstream-resting" });
    expect(upstream.requests.length).toBe(recovers ? 2 : 0);
    upstream.fault = "fine";
    if (recovers) await vi.waitFor(async () => expect(await outcome(gateway, methods.GET)).toBe("200 well"), 10_000);
    await gateway.stop();
    await upstream.close();
  });
});

describe("a target that flaps", () => {
  it("loses no call that may be repeated and sends no other one twice, however often it goes and comes", async () => {
    const seen = new Set<string>();
    const records = await withFault("fine", { balance: "round-robin", outliers: { failures: 2, rest: "50ms" }, retry: { attempts: 2, on: ["reset"], budget: 100 } }, async ({ gateway, faulty: first, spare }) => {
      let over = false;
      const flapping = (async () => {
        for (let turn = 0; !over; turn++) {
          first.fault = turn % 2 === 0 ? "reset" : "fine";
          await delay(15);
        }
      })();
      const outcomes = await Promise.all(Array.from({ length: 4 }, async (_, client) => {
        const gets: string[] = [];
        for (let call = 0; call < 60; call++) {
          gets.push(`GET ${await outcome(gateway, methods.GET)}`);
          gets.push(`POST ${await outcome(gateway, { method: "POST", body: "x", headers: { "x-number": `${client}-${call}` } })}`);
        }
        return gets;
      }));
      over = true;
      await flapping;
      expect(new Set(outcomes.flat().filter((text) => text.startsWith("GET")))).toEqual(new Set(["GET 200 well"]));
      for (const text of outcomes.flat()) expect(text).toMatch(/ 200 well$| 502 upstream-broken$/);
      const numbers = [...first.requests, ...spare.requests].flatMap((head) => /^x-number: (.*)$/m.exec(head)?.[1] ?? []);
      for (const number of numbers) {
        expect(seen.has(number), number).toBe(false);
        seen.add(number);
      }
    });
    expect(seen.size).toBe(240);
    expect(records.some(({ attempts }) => attempts > 1)).toBe(true);
  });
});
