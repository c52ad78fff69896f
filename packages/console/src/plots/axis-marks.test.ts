import { expect, test } from "vitest";
import { durationText, rateStep, rateText, sizeText } from "../format/quantities.ts";
import { axisMarks, decimalStep, durationStep, type RoundStep, sizeStep } from "./axis-marks.ts";

type Text = (value: number, largest: number) => string;

test.each<{ of: string; upTo: number; step: RoundStep; text: Text; marks: string[] }>([
  { of: "calls by the second", upTo: 54, step: rateStep, text: rateText, marks: ["0/s", "20/s", "40/s"] },
  { of: "few calls, by the hour", upTo: 0.018, step: rateStep, text: rateText, marks: ["0/s", "20/h", "40/h", "60/h"] },
  { of: "a call or two an hour", upTo: 0.0006, step: rateStep, text: rateText, marks: ["0/s", "0.5/h", "1.0/h", "1.5/h", "2.0/h"] },
  { of: "calls just too many for the hour", upTo: 0.051, step: rateStep, text: rateText, marks: ["0/s", "0.02/s", "0.04/s"] },
  { of: "milliseconds", upTo: 87, step: durationStep, text: durationText, marks: ["0 µs", "20 ms", "40 ms", "60 ms", "80 ms"] },
  { of: "minutes", upTo: 290_000, step: durationStep, text: durationText, marks: ["0 µs", "1 min", "2 min", "3 min", "4 min"] },
  { of: "a minute and a half", upTo: 94_000, step: durationStep, text: durationText, marks: ["0 µs", "30.0 s", "1 min", "1 min 30 s"] },
  { of: "hours", upTo: 3 * 3_600_000, step: durationStep, text: durationText, marks: ["0 µs", "1 h", "2 h", "3 h"] },
  { of: "bytes", upTo: 3_500_000, step: sizeStep, text: sizeText, marks: ["0 B", "1.0 MiB", "2.0 MiB", "3.0 MiB"] },
])("the marks of $of are round as they are read", ({ upTo, step, text, marks }) => {
  expect(axisMarks(upTo, { atMost: 4, step }).map((mark) => text(mark, upTo))).toEqual(marks);
});

test("whatever an axis goes up to, it has at most as many marks as fit besides zero, and at least one", () => {
  for (const step of [decimalStep, durationStep, rateStep]) {
    for (let largest = 0.0001; largest < 1e12; largest *= 1.37) {
      const marks = axisMarks(largest, { atMost: 4, step });
      expect(marks.length - 1).toBeLessThanOrEqual(4);
      expect(marks.length - 1).toBeGreaterThanOrEqual(1);
      expect(marks.at(-1)).toBeLessThanOrEqual(largest * 1.000_001);
    }
  }
});
