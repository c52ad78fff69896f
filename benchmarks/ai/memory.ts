/** What open streams and a large request add to the gateway's resident memory, each on a Parley of its own. */
import { residency } from "../measure/memory.ts";
import { benchmarkKey, usualSize } from "../programs/parley-config.ts";
import { type Parley, startParley } from "../programs/parley.ts";
import { callScenarios, heldScenario, type Scenario } from "../programs/scenario.ts";
import type { Bench } from "../suites/bench.ts";

export interface OpenStreams {
  streams: number;
  kibEach: number;
}

export async function measureOpenStreams(bench: Bench, streams: number): Promise<OpenStreams> {
  const parley = await startParley({ ...bench, name: "parley-ai-streams", core: bench.cores.program, size: usualSize });
  try {
    // What is there once and for all is there before.
    await bench.load.run({ kind: "closed", target: target(parley, "openai-1k"), connections: 32, limit: { calls: 5000 } });
    await bench.load.run({ kind: "hold", target: parley.target(heldScenario) as NonNullable<ReturnType<Parley["target"]>>, connections: 50 });
    await bench.load.run({ kind: "release" });
    const before = residency(parley.gatewayPid()).residentMib;
    const held = await bench.load.run({ kind: "hold", target: parley.target(heldScenario) as NonNullable<ReturnType<Parley["target"]>>, connections: streams });
    const after = residency(parley.gatewayPid()).residentMib;
    await bench.load.run({ kind: "release" });
    if (held.answered < streams) throw new Error(`${held.answered} of ${streams} streams began`);
    return { streams, kibEach: ((after - before) * 1024) / streams };
  } finally {
    await parley.stop();
  }
}

export interface LargeRequest {
  title: string;
  bodyMib: number;
  requests: string;
  /** How far the highest residency rose. */
  peakMib: number;
}

const imageBytes = 20 * 1024 * 1024;
const requests = 5;
const [openai, anthropic] = [["passed to OpenAI", "openai-fixed/gpt-5-mini"], ["translated for Anthropic", "anthropic-fixed/claude-sonnet-4-5"]] as const;
const ways = [[...openai, false], [...anthropic, false], [...openai, true], [...anthropic, true]] as const;

/** A picture as a data URL in a chat request, to a provider of the same dialect and to one that it is translated for. */
export async function measureLargeRequest(bench: Bench): Promise<LargeRequest[]> {
  const figures: LargeRequest[] = [];
  for (const [title, model, atOnce] of ways) {
    const parley = await startParley({ ...bench, name: `parley-ai-image-${figures.length}`, core: bench.cores.program, size: usualSize });
    try {
      await bench.load.run({ kind: "closed", target: target(parley, model.startsWith("openai") ? "openai-1k" : "anthropic-1k"), connections: 8, limit: { calls: 2000 } });
      const body = chatWithImage(model);
      const before = residency(parley.gatewayPid()).peakMib;
      if (atOnce) await Promise.all(Array.from({ length: requests }, () => send(parley.gatewayPort, body)));
      else for (let count = 0; count < requests; count++) await send(parley.gatewayPort, body);
      figures.push({ title, requests: atOnce ? "five at once" : "five in turn", bodyMib: body.length / 1024 ** 2, peakMib: residency(parley.gatewayPid()).peakMib - before });
    } finally {
      await parley.stop();
    }
  }
  return figures;
}

function chatWithImage(model: string): Buffer {
  const data = Buffer.alloc(Math.ceil((imageBytes * 3) / 4), 0x5a).toString("base64");
  return Buffer.from(JSON.stringify({ model, max_tokens: 16, messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }] }] }));
}

async function send(port: number, body: Buffer): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${benchmarkKey(0)}` }, body: new Uint8Array(body) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`the large request was answered with ${answer.status}: ${text.slice(0, 200)}`);
}

function target(parley: Parley, name: string): NonNullable<ReturnType<Parley["target"]>> {
  return parley.target(callScenarios.find((scenario) => scenario.name === name) as Scenario) as NonNullable<ReturnType<Parley["target"]>>;
}
