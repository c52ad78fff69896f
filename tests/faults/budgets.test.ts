/** kill -9 with a budget: what was spent stays spent, and what was only reserved comes back. */
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { startParley } from "../harness/start-parley.ts";
import { listen } from "../harness/test-server.ts";

const key = "acme-key-0123456789";

test("a gateway and then all of Parley killed: spent tokens stay spent, and no reservation stays behind", async () => {
  let answers = true;
  let waiting = 0;
  const provider = await listen(
    createServer((request, response) => {
      request.resume();
      if (!answers) return void (waiting += 1);
      const answer = { id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content: "x" }, finish_reason: "stop" }], usage: { prompt_tokens: 100, completion_tokens: 100, total_tokens: 200 } };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    }),
  );
  await using _provider = provider;
  const yaml = `ai: { providers: { own: { kind: openai-compatible, baseUrl: "${provider.url}/v1", models: [m] } } }
consumers: { acme: { keys: [{ name: default, secret: ${key} }], limits: [{ tokens: 1000, per: month }] } }
`;
  const parley = await startParley({ yaml });
  let url = parley.gatewayUrl;
  const ask = (maxTokens: number): Promise<Response> =>
    fetch(`${url}/v1/chat/completions`, { method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, body: JSON.stringify({ model: "m", max_tokens: maxTokens, messages: [{ role: "user", content: "Hi" }] }) });
  expect((await ask(100)).status).toBe(200);
  answers = false;
  ask(700).catch(() => {});
  await eventually(() => waiting === 1);
  expect((await ask(700)).status).toBe(429);
  const [before] = parley.pids().gateways;
  parley.kill("gateway");
  await eventually(() => parley.pids().gateways.some((pid) => pid !== before));
  answers = true;
  // The reservation runs out; 200 tokens and the lost call's input are spent.
  const admitted = await eventually(async () => {
    const answer = await ask(700).catch(() => null);
    if (answer?.status !== 200) await delay(500);
    return answer?.status === 200 ? answer : null;
  }, { withinMs: 90_000, what: () => "the lost call's reservation to run out" });
  const left = Number(admitted.headers.get("x-ratelimit-remaining-tokens"));
  expect(left).toBeLessThan(600);
  expect(left).toBeGreaterThan(500);
  await admitted.text();
  // One more, so that the one before is settled for sure; this one may still be as it was reserved.
  await eventually(async () => (await ask(100)).status === 200);
  await parley.stop("SIGKILL");
  const again = await startParley({ yaml, dataDirectory: parley.dataDirectory });
  await using _again = again;
  url = again.gatewayUrl;
  const after = await ask(100);
  expect(after.status).toBe(200);
  // Three calls of 200, the lost one's input, and one that is settled or still reserved.
  const remaining = Number(after.headers.get("x-ratelimit-remaining-tokens"));
  expect(remaining).toBeLessThan(300);
  expect(remaining).toBeGreaterThan(100);
  await parley[Symbol.asyncDispose]();
}, 150_000);
