import { closeSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startGateway } from "../../main/gateway-under-test.ts";
import { startUpstream } from "../../main/upstream-under-test.ts";
import { combinedLine, jsonLine } from "./access-line.ts";
import { AccessLog } from "./access-log.ts";

const record: CallRecord = {
  id: "1", at: Date.UTC(2026, 10, 2, 3, 4, 5, 678), worker: 0, service: "notes", kind: "http", consumer: "my app", method: "GET", path: "/notes/7", clientAddress: "::1", status: 200, durationMs: 1.5, requestBytes: 0, responseBytes: 2, attempts: 1, userAgent: 'curl "8"',
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-access-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("writes the combined format as others read it", () => {
  expect(combinedLine(record, { httpVersion: "1.1", referer: "http://x/" })).toBe(String.raw`::1 - my\x20app [02/Nov/2026:03:04:05 +0000] "GET /notes/7 HTTP/1.1" 200 2 "http://x/" "curl \"8\""`);
  expect(combinedLine({ ...record, consumer: undefined, userAgent: undefined, responseBytes: 0, method: "" } as never, { httpVersion: "2.0" })).toBe('::1 - - [02/Nov/2026:03:04:05 +0000] "-" 200 - "-" "-"');
});

it("lets no field break out of its line, its quotes or its escapes, whatever it holds", () => {
  const hostile = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"\n', "\u001b[2J", "\u2028", "\u202e", "\u009b31m", "\\", '\\"', "\ud800"));
  fc.assert(
    fc.property(hostile, hostile, hostile, (path, userAgent, referer) => {
      const called = { ...record, path, userAgent };
      const json = jsonLine(called, { httpVersion: "1.1", referer });
      const combined = combinedLine(called, { httpVersion: "1.1", referer });
      for (const line of [json, combined]) expect(line).not.toMatch(/\p{Cc}|[\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
      expect((JSON.parse(json) as { path: string }).path).toBe(path);
      expect(combined).toMatch(/^::1 - my\\x20app \[[^\]]+\] "(?:[^"\\]|\\.)*" 200 2 "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"$/);
    }),
  );
});

it("writes every call, refused ones too, and goes on in a new file when the old one was moved", async () => {
  const upstream = await startUpstream((_request, response) => void response.end("{}"));
  const file = join(folder, "access.log");
  const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", upstream: { targets: [{ url: upstream.url }] } } }, logging: { access: { format: "json", file } } });
  const paths = (name: string): string[] => readFileSync(name, "utf8").trimEnd().split("\n").map((line) => (JSON.parse(line) as { path: string; status: number }).path);
  await (await fetch(`${gateway.url}/notes/1?secret=1`, { headers: { referer: "http://there/" } })).text();
  await (await fetch(`${gateway.url}/nowhere`)).text();
  await vi.waitFor(() => expect(paths(file)).toEqual(["/notes/1", "/nowhere"]), 20_000);
  expect(readFileSync(file, "utf8")).toContain('"httpVersion":"1.1","referer":"http://there/"');
  renameSync(file, `${file}.1`);
  await (await fetch(`${gateway.url}/notes/2`)).text();
  await vi.waitFor(() => expect(paths(file)).toEqual(["/notes/2"]), 20_000);
  await (await fetch(`${gateway.url}/notes/3`)).text();
  await gateway.stop();
  expect([paths(file), paths(`${file}.1`)]).toEqual([["/notes/2", "/notes/3"], ["/notes/1", "/nowhere"]]);
  await upstream.close();
});

it("stops for no disk: says once what is lost, counts it, and goes on when there is room", async () => {
  const errors: string[] = [];
  const log = new AccessLog({ standardOutput: 1, log: { error: (_details, message) => void errors.push(message) }, flushEveryMs: 5 });
  // Every write to it fails as on a full disk.
  log.configure({ format: "json", file: "/dev/full" });
  for (let call = 0; call < 3; call++) log.ended(record, { httpVersion: "1.1" });
  await vi.waitFor(() => expect(log.dropped.count).toBe(3), 20_000);
  log.ended(record, { httpVersion: "1.1" });
  await vi.waitFor(() => expect(log.dropped.count).toBe(4), 20_000);
  expect(errors).toEqual(["lines of the access log cannot be written and are lost"]);
  const file = join(folder, "access.log");
  writeFileSync(file, "");
  log.configure({ format: "combined", file });
  log.ended(record, { httpVersion: "1.1" });
  await log.close();
  expect(readFileSync(file, "utf8")).toContain('"GET /notes/7 HTTP/1.1" 200');
});

it("writes to standard output, and bounds what waits for a reader that is slow", async () => {
  const path = join(folder, "output");
  const output = openSync(path, "a");
  const log = new AccessLog({ standardOutput: output, log: { error: () => {} }, flushEveryMs: 1e6 });
  log.configure({ format: "json", file: "stdout" });
  for (let call = 0; call < 3_000; call++) log.ended({ ...record, userAgent: "x".repeat(4_000) }, { httpVersion: "1.1" });
  expect(log.dropped.count).toBeGreaterThan(0);
  await log.close();
  closeSync(output);
  expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(3_000 - log.dropped.count);
});
