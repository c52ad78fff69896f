import { expect, it } from "vitest";
import { heapBytes } from "../main/heap-bytes.ts";
import { startAi } from "./testing/ai-gateway.ts";
import { startProvider } from "./testing/fake-provider.ts";
import { scriptedUpstreams } from "./testing/scripted-upstreams.ts";

it("calls leave nothing behind: streams, failures and callers who ask for ever new models (BerriAI/litellm#12685, BerriAI/litellm#25219, BerriAI/litellm#38193)", { timeout: 240_000 }, async () => {
  const { whole, stream, contentType } = scriptedUpstreams["anthropic-messages"];
  await using provider = await startProvider((call, response) => {
    provider.calls.length = 0;
    const asked = call.text;
    if (asked.includes("fail")) response.writeHead(429, { "content-type": "application/json" }).end('{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}');
    else if (asked.includes('"stream":true')) response.writeHead(200, { "content-type": contentType }).end(stream);
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(whole));
  });
  await using gateway = await startAi({ anthropic: { apiKey: "k", baseUrl: provider.url } }, {}, { ai: { access: "open", cache: { exact: { ttl: "10m", maxBytes: "16KiB" } } } });
  let count = 0;
  const some = async (calls: number): Promise<void> => {
    for (const end = count + calls; count < end; count += 3) {
      const messages = [{ role: "user", content: `Hello ${count} ${"x".repeat(2000)}` }];
      const asked = [{ model: "anthropic/claude-sonnet-4-5", max_tokens: 9 }, { model: "anthropic/claude-sonnet-4-5", max_tokens: 9, stream: true }, { model: `anthropic/fail-${count}`, max_tokens: 9 }];
      await Promise.all(asked.map(async (each) => (await gateway.post({ ...each, messages })).text()));
    }
  };
  await some(900);
  const before = heapBytes();
  await some(1800);
  // 2,000 bytes of each question alone would be 3.6 MB.
  expect(heapBytes() - before).toBeLessThan(1_500_000);
});
