/** Every dialect of callers with every kind of provider: system, image, earlier tool call, tools, reasoning; whole and streamed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { callers as usual } from "./testing/callers.ts";
import { vendorCallers } from "./testing/vendor-callers.ts";
import { everyProvider as providers, saidTo } from "./testing/every-provider.ts";
import { startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { calledCity, saidText, saidThought, scriptedUpstreams } from "./testing/scripted-upstreams.ts";

/** Where each provider has the schema of the wanted object. */
const schemaPlaces: Record<string, (body: Body) => unknown> = {
  "openai-chat": (body) => at(body, "response_format", "json_schema", "schema"),
  "openai-responses": (body) => at(body, "text", "format", "schema"),
  "anthropic-messages": (body) => at(body, "output_config", "format", "schema"),
  gemini: (body) => at(body, "generationConfig", "responseJsonSchema") ?? at(body, "generationConfig", "responseSchema"),
  "mistral-chat": (body) => at(body, "response_format", "json_schema", "schema"),
  "ollama-chat": (body) => at(body, "format"),
  "bedrock-converse": (body) => JSON.parse(String(at(body, "outputConfig", "textFormat", "structure", "jsonSchema", "schema"))),
  "cohere-chat": (body) => at(body, "response_format", "json_schema"),
};
type Body = Readonly<Record<string, unknown>>;

function at(body: Body, ...members: string[]): unknown {
  return members.reduce<unknown>((value, member) => (value as Body | undefined)?.[member], body);
}

let upstream: FakeProvider;
let gateway: AiGateway;
const image = "iVBORw0KGgo=";

beforeAll(async () => {
  upstream = await startProvider(() => {});
  gateway = await startAi(Object.fromEntries(Object.entries(providers).map(([name, { source }]) => [name, source(upstream.url)])));
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const callers = [...usual, ...vendorCallers];
const pairs = callers.flatMap((caller) => Object.keys(providers).map((name) => [caller.name, name, caller] as const));

describe.each(pairs)("%s to %s", (_caller, name, caller) => {
  it.each([false, true])("asks for all that was asked and tells all that was said, streamed: %s", async (stream) => {
    const { says, model, path } = providers[name]!;
    upstream.calls.length = 0;
    upstream.respond = (call, response) => {
      const said = scriptedUpstreams[saidTo(call.path, says)];
      response.writeHead(200, { "content-type": stream ? said.contentType : "application/json" }).end(stream ? said.stream : JSON.stringify(said.whole));
    };
    const heard = await caller.ask(gateway.url, { model: `${name}/${model}`, stream, image });
    const [asked] = upstream.calls;
    expect(heard).toMatchObject({ text: saidText, call: { name: "weather", arguments: calledCity }, finish: caller.calledTools, inputTokens: 20, outputTokens: 9 });
    if (scriptedUpstreams[says].thinks) expect(heard.thought).toBe(saidThought);
    expect(asked?.path).toMatch(path);
    for (const piece of ["Be brief.", "What is this?", image, "lookup", "Ōsaka", "sunny", "weather", "Weather now"]) expect(asked?.text).toContain(piece);
    expect(asked?.headers["accept"]).toBe(!stream ? "application/json" : says === "bedrock-converse" ? "application/vnd.amazon.eventstream" : says === "ollama-chat" ? "application/x-ndjson" : "text/event-stream");
  });

  it("asks for an object by its schema, or refuses by name where the provider has no schemas", async () => {
    const { says, model } = providers[name]!;
    upstream.calls.length = 0;
    upstream.respond = (call, response) => void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(scriptedUpstreams[saidTo(call.path, says)].whole));
    const answer = caller.askForObject(gateway.url, `${name}/${model}`);
    if (name === "deepseek") return await expect(answer).rejects.toThrow(/without a schema/);
    await answer;
    const [asked] = upstream.calls;
    expect(schemaPlaces[saidTo(asked?.path ?? "", says)]?.(asked?.body ?? {})).toMatchObject({ properties: { rainy: {} }, required: ["rainy"] });
  });
});
