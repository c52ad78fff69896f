/** One gateway before a provider of every kind. A request goes in as an application writes it; what each side saw is what comes out. */
import { startAi } from "./ai-gateway.ts";
import type { AiGateway } from "./ai-gateway.ts";
import { everyProvider, saidTo } from "./every-provider.ts";
import { startProvider } from "./fake-provider.ts";
import type { FakeProvider, ProviderCall, Respond } from "./fake-provider.ts";
import { scriptedUpstreams } from "./scripted-upstreams.ts";

export type From = "chat" | "responses" | "messages" | "gemini";
export type Json = Readonly<Record<string, unknown>>;

export interface Asked {
  status: number;
  headers: Headers;
  text: string;
  /** Empty where the answer is no JSON. */
  body: Json;
  /** Names and kinds of what Parley-Warning says, such as `dropped seed`. */
  warned: readonly string[];
  /** What the provider was sent last; undefined where nothing was. */
  sent: ProviderCall | undefined;
}

interface Asking {
  from: From;
  /** A key of `everyProvider`. */
  to: string;
  body: Json;
  /** Another model of the provider than the usual one. */
  model?: string;
  stream?: boolean;
  headers?: Record<string, string>;
  respond?: Respond;
}

export interface ChecklistBench extends AsyncDisposable {
  gateway: AiGateway;
  provider: FakeProvider;
  ask(asking: Asking): Promise<Asked>;
}

const hellos: Record<From, Json> = {
  chat: { messages: [{ role: "user", content: "Hello" }] },
  responses: { input: "Hello" },
  messages: { max_tokens: 4000, messages: [{ role: "user", content: "Hello" }] },
  gemini: { contents: [{ role: "user", parts: [{ text: "Hello" }] }] },
};
const paths: Record<Exclude<From, "gemini">, string> = { chat: "/v1/chat/completions", responses: "/v1/responses", messages: "/v1/messages" };

export async function startChecklist(): Promise<ChecklistBench> {
  const provider = await startProvider(() => {});
  const gateway = await startAi(Object.fromEntries(Object.entries(everyProvider).map(([name, { source }]) => [name, source(provider.url)])));
  return {
    gateway,
    provider,
    ask: (asking) => ask(asking, { provider, gateway }),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

async function ask(asking: Asking, { provider, gateway }: { provider: FakeProvider; gateway: AiGateway }): Promise<Asked> {
  const { from, to, stream = false, headers = {} } = asking;
  const { says, model: usual } = everyProvider[to]!;
  const model = `${to}/${asking.model ?? usual}`;
  provider.calls.length = 0;
  provider.respond = asking.respond ?? ((call, response) => {
    const said = scriptedUpstreams[saidTo(call.path, says)];
    response.writeHead(200, { "content-type": stream ? said.contentType : "application/json" }).end(stream ? said.stream : JSON.stringify(said.whole));
  });
  const path = from === "gemini" ? `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}` : paths[from];
  const body = { ...hellos[from], ...(from !== "gemini" && { model, ...(stream && { stream }) }), ...asking.body };
  const answer = await fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  const text = await answer.text();
  const warned = [...(answer.headers.get("parley-warning") ?? "").matchAll(/(dropped|changed|added);param="([^"]+)"/g)].map(([, kind, parameter]) => `${kind} ${parameter}`);
  return { status: answer.status, headers: answer.headers, text, body: parsed(text), warned, sent: provider.calls.at(-1) };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
