import { expect, test } from "vitest";
import { healthSummary } from "./health-summary.ts";

const gateway = { worker: 0, pid: 1, snapshotVersion: 4, connectedAt: "", startedAt: "" };
const well = { stores: [{ name: "calls", engine: "DuckDB", ok: true }], gateways: [gateway], configuration: [], snapshotVersion: 4, lost: [], disk: { freeBytes: 9e9, totalBytes: 9e10, nearlyFull: false } };

test("all is well when every gateway is connected and every store answers", () => {
  expect(healthSummary(well)).toMatchObject({ well: true, title: "All is well" });
});

test("a missing gateway comes before a broken store, and that before a wrong file", () => {
  const configuration = [{ code: "config-syntax", severity: "error" as const, message: "", pointer: "" }];
  const stores = [{ name: "calls", engine: "DuckDB", ok: false }];
  expect(healthSummary({ ...well, stores, configuration, gateways: [] }).title).toBe("No gateway is connected");
  expect(healthSummary({ ...well, stores, configuration }).title).toBe("Not well: calls");
  expect(healthSummary({ ...well, configuration }).title).toBe("The configuration file has errors");
});

test("a disk that is nearly full says what will stop, and that calls will not", () => {
  const found = healthSummary({ ...well, disk: { freeBytes: 3 * 1024 * 1024, totalBytes: 9e10, nearlyFull: true } });
  expect([found.well, found.title]).toEqual([false, "The disk is nearly full: 3.0 MiB left"]);
  expect(found.fix).toContain("calls go on and are not recorded");
  expect(healthSummary({ ...well, disk: null }).well).toBe(true);
});

test("what was dropped is said, after what keeps calls or changes from working", () => {
  const lost = [{ metric: "parley_otlp_dropped_total", what: "OTLP spans that were not exported (full)", count: 7, firstAt: "", lastAt: "", goesOn: true }];
  expect(healthSummary({ ...well, lost })).toMatchObject({ well: false, title: "Not everything is recorded or exported" });
  expect(healthSummary({ ...well, lost: lost.map((loss) => ({ ...loss, goesOn: false })) }).well).toBe(true);
  expect(healthSummary({ ...well, lost, gateways: [] }).title).toBe("No gateway is connected");
});

test("warnings in the file and a gateway that is a moment behind are no alarm", () => {
  const configuration = [{ code: "config-not-enforced", severity: "warning" as const, message: "", pointer: "" }];
  expect(healthSummary({ ...well, configuration }).well).toBe(true);
  expect(healthSummary({ ...well, snapshotVersion: 5 })).toMatchObject({ well: true, title: "A gateway is taking over a change" });
});
