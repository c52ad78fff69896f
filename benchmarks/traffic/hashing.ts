/** Clients that edit a few hot documents of a service with several instances: how many edits collide when targets take turns, and when a resource belongs to one. */
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPinned, stopChild, type Cores } from "../programs/child.ts";
import { startParleyWith } from "./parley.ts";

export interface HashingCase {
  instances: number;
  workMs: number;
  clients: number;
  documents: number;
  editsEach: number;
}

export interface HashingFigures extends HashingCase {
  /** By balancing: edits that met a 409, of all, in each round. */
  rounds: readonly Readonly<Record<Balance, { edits: number; conflicts: number; tookMs: number }>>[];
}

const balances = ["round-robin", "ewma", "consistent-hash"] as const;
export type Balance = (typeof balances)[number];

export async function measureHashing(directory: string, cores: Cores, { rounds, ...asked }: HashingCase & { rounds: number }): Promise<HashingFigures> {
  const upstream = startPinned([process.execPath, fileURLToPath(new URL("instances.ts", import.meta.url)), String(asked.instances), String(asked.workMs)], { core: cores.load, ipc: true });
  const [{ ports }] = (await once(upstream.process, "message")) as [{ ports: number[] }];
  const targets = ports.map((port) => ({ url: `http://127.0.0.1:${port}` }));
  const services = Object.fromEntries(balances.map((balance) => [balance, { path: `/${balance}`, access: "open", conflict: { mode: "off" }, upstream: { targets, balance } }]));
  const parley = await startParleyWith(join(directory, "hashing"), cores.program, { services });
  try {
    const figures: HashingFigures["rounds"][number][] = [];
    for (let round = 0; round < rounds; round++) {
      const entries: [Balance, { edits: number; conflicts: number; tookMs: number }][] = [];
      for (const balance of balances) entries.push([balance, await oneRound(`${parley.url}/${balance}/${round}`, asked)]);
      figures.push(Object.fromEntries(entries) as HashingFigures["rounds"][number]);
    }
    return { ...asked, rounds: figures };
  } finally {
    await parley.stop();
    await stopChild(upstream);
  }
}

/** Each client edits one document after the other, the first ones more often, without a pause. */
async function oneRound(url: string, { clients, documents, editsEach }: HashingCase): Promise<{ edits: number; conflicts: number; tookMs: number }> {
  const agent = new Agent({ keepAlive: true });
  const startMs = performance.now();
  let [edits, conflicts] = [0, 0];
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    const random = seeded(client + 1);
    for (let edit = 0; edit < editsEach; edit++) {
      const status = await put(agent, `${url}/${Math.floor(documents * random() ** 2)}`);
      if (status !== 200 && status !== 409) throw new Error(`an edit was answered with ${status}`);
      edits++;
      if (status === 409) conflicts++;
    }
  }));
  agent.destroy();
  return { edits, conflicts, tookMs: performance.now() - startMs };
}

function put(agent: Agent, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, method: "PUT" }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    asked.on("error", reject);
    asked.end("edit");
  });
}

/** Linear congruential: the same run every time. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
