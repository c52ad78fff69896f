import { expect, it } from "vitest";
import { batchKey } from "./batch-plan.ts";

it.each(["/odata/$batch", "/odata/%24batch", "/odata//$batch", "//odata/$batch/"])("%s is the same batch, however it is written", (path) => {
  expect(batchKey("POST", path)).toBe("POST /odata/$batch");
});
