/** An installation with something of everything in it, made through the admin API, and calls of several kinds. */
import type { Parley } from "../harness/start-parley.ts";

export interface Sample {
  /** The secret of acme's key. */
  key: string;
}

export async function fillSample(parley: Parley): Promise<Sample> {
  await put(parley, "/api/services/notes", { path: "/notes", upstream: { targets: [{ url: "http://127.0.0.1:9/api" }] }, limits: [{ requests: 600, per: "1m" }] });
  await put(parley, "/api/providers/openai", { apiKey: "sk-never-used" });
  await put(parley, "/api/models/assistant", { targets: [{ model: "openai/gpt-5-mini" }, { model: "sandbox/echo" }] });
  await put(parley, "/api/prompts/translate", { default: "v1", versions: { v1: { model: "sandbox/echo", messages: [{ role: "user", content: "Into {{language}}: {{text}}" }], variables: { text: {}, language: { default: "English", enum: ["English", "French"] } } } } });
  await put(parley, "/api/consumers/acme", { access: ["notes", "ai"], limits: [{ cost: "50 USD", per: "month" }] });
  await post(parley, "/api/people", { name: "bob", role: "viewer" });
  const { secret } = (await post(parley, "/api/consumers/acme/keys", { name: "default" })) as { secret: string };
  await callEverything(parley, secret);
  return { key: secret };
}

/** A success of the sandbox, an upstream that is not there, an unknown key, an unknown path. */
export async function callEverything(parley: Parley, key: string): Promise<void> {
  await ask(parley, key, "Hello");
  await fetch(`${parley.gatewayUrl}/notes/7`, { headers: { authorization: `Bearer ${key}` } });
  await fetch(`${parley.gatewayUrl}/notes/7`, { headers: { authorization: "Bearer wrong" } });
  await fetch(`${parley.gatewayUrl}/nothing`);
}

export async function ask(parley: Parley, key: string, text: string): Promise<string> {
  const answer = await fetch(`${parley.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "sandbox/echo", messages: [{ role: "user", content: text }] }),
  });
  return answer.headers.get("parley-call-id") ?? "";
}

export async function put(parley: Parley, path: string, spec: unknown): Promise<void> {
  const read = await parley.admin(path);
  const etag = read.ok ? ((await read.json()) as { etag: string }).etag : null;
  await send(parley, path, { method: "PUT", body: JSON.stringify({ spec }), headers: etag === null ? { "if-none-match": "*" } : { "if-match": etag } });
}

async function post(parley: Parley, path: string, body: unknown): Promise<unknown> {
  return send(parley, path, { method: "POST", body: JSON.stringify(body), headers: {} });
}

async function send(parley: Parley, path: string, request: { method: string; body: string; headers: Record<string, string> }): Promise<unknown> {
  const answer = await parley.admin(path, { ...request, headers: { "content-type": "application/json", ...request.headers } });
  if (!answer.ok) throw new Error(`${request.method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
