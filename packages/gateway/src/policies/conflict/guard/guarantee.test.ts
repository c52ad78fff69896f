import { conflict } from "@parley/contract/config/conflict";
import { expect, it } from "vitest";
import type { z } from "zod";
import { afterBypass, firstGuarantee } from "./guarantee.ts";

const longestUpstreamMs = 30_000;

it.each<[string, z.input<typeof conflict>, string, RegExp]>([
  ["a route as it is", {}, "serialized", /compared with what is there/],
  ["writers that all come through here", { writers: "exclusive" }, "serialized", /The configuration says/],
  ["a route that fails open", { ledgerDown: "pass" }, "detect", /ledgerDown: pass/],
  ["a strategy that lets stale writes pass", { strategy: "last-write-wins" }, "detect", /Stale writes pass/],
  ["a lock-delay that is shorter than the upstream may take", { locks: { delay: "29s" } }, "detect", /29 s .* less than the 30 s/],
  ["a lock-delay that is as long", { locks: { delay: "30s" } }, "serialized", /compared/],
])("without a probe, %s is never atomic", (_what, settings, level, reason) => {
  const guarantee = firstGuarantee(conflict.parse({ mode: "require", ...settings }), longestUpstreamMs);
  expect(guarantee.level).toBe(level);
  expect(guarantee.reason).toMatch(reason);
});

it("a write past the gateway lowers what is serialized, and takes nothing from an upstream that compares by itself", () => {
  const serialized = firstGuarantee(conflict.parse({ mode: "require" }), longestUpstreamMs);
  expect(afterBypass(serialized, "shared").level).toBe("detect");
  expect(afterBypass(serialized, "exclusive").reason).toMatch(/though the configuration says that there is none/);
  const atomic = { level: "atomic", reason: "" } as const;
  expect(afterBypass(atomic, "shared")).toBe(atomic);
});
