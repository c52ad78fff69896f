import { expect, test } from "vitest";
import { healthSummary } from "./health-summary.ts";

const gateway = { worker: 0, pid: 1, snapshotVersion: 4, connectedAt: "", startedAt: "" };
const well = { stores: [{ name: "calls", engine: "DuckDB", ok: true }], gateways: [gateway], configuration: [], snapshotVersion: 4 };

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

test("warnings in the file and a gateway that is a moment behind are no alarm", () => {
  const configuration = [{ code: "config-not-enforced", severity: "warning" as const, message: "", pointer: "" }];
  expect(healthSummary({ ...well, configuration }).well).toBe(true);
  expect(healthSummary({ ...well, snapshotVersion: 5 })).toMatchObject({ well: true, title: "A gateway is taking over a change" });
});
