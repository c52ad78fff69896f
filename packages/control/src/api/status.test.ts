import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startControl } from "../testing/start-control.ts";

test.each([
  [{}, "http://127.0.0.1:8080"],
  [{ PARLEY_GATEWAY_PUBLIC_URL: "https://ai.example.com/" }, "https://ai.example.com"],
])("the status says where applications reach the gateway: %j", async (environment, url) => {
  const control = await startControl({ environment });
  const { body } = await control.call("GET", "/api/status");
  await control.stop();
  expect(body).toMatchObject({ gatewayUrl: "http://127.0.0.1:8080", gatewayPublicUrl: url });
});

test("a provider whose key comes from a variable that is not set is shown without one", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "parley-status-")), "parley.yaml");
  writeFileSync(file, 'ai: { providers: { openai: { apiKey: "${NOT_SET:-}" }, mistral: { apiKey: written } } }\n');
  const control = await startControl({ file });
  const { body } = await control.call("GET", "/api/providers");
  await control.stop();
  expect(body.items?.map(({ name, spec }) => [name, spec])).toEqual([["mistral", { apiKey: "***" }], ["openai", { apiKey: "" }]]);
});
