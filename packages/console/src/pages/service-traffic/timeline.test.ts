import { expect, test } from "vitest";
import { timelineOf } from "./timeline.ts";

const now = Date.parse("2026-11-22T00:00:00Z");
const { lines, ...axis } = timelineOf(
  {
    select: { by: "header" },
    list: {
      v0: { status: "retired" },
      v1: { deprecated: "2026-10-01", sunset: "2027-04-01", successor: "v2", brownouts: [{ from: "2027-03-01T10:00:00Z", to: "2027-03-01T10:10:00Z" }] },
      v2: {},
      v3: { status: "draft" },
      gone: { sunset: "2026-11-01" },
    },
  },
  now,
);

test("each version is in its stretch of life at this moment", () => {
  expect(lines.map(({ name, status }) => [name, status])).toEqual([["v0", "retired"], ["v1", "deprecated"], ["v2", "published"], ["v3", "draft"], ["gone", "retired"]]);
});

test("stretches fill the axis from its beginning to its end, one after the other", () => {
  for (const { stretches } of lines) {
    expect(stretches[0]?.left).toBe(0);
    stretches.slice(1).forEach((stretch, index) => expect(stretch.left).toBeCloseTo((stretches[index]?.left ?? 0) + (stretches[index]?.width ?? 0), 6));
    expect(stretches.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(100, 6);
  }
  expect(lines[1]?.stretches.map(({ kind }) => kind)).toEqual(["published", "deprecated", "retired"]);
});

test("now and the brown-outs lie on the same axis", () => {
  expect(axis.now).toBeGreaterThan(lines[1]?.stretches[0]?.width ?? 100);
  expect(lines[1]?.brownouts[0]?.left).toBeGreaterThan(axis.now);
  expect(lines[1]?.brownouts[0]?.left).toBeLessThan(100);
});
