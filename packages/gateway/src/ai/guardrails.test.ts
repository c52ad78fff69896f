import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { counted, startBudgeted } from "./testing/budgeted-gateway.ts";
import { events, json, sse, startProvider } from "./testing/fake-provider.ts";
import type { Respond } from "./testing/fake-provider.ts";

const chunk = (delta: object, finish: string | null = null) => ({ id: "c", object: "chat.completion.chunk", created: 1, model: "dear", choices: [{ index: 0, delta, finish_reason: finish }] });
const streamOf = (...pieces: string[]) =>
  sse(events(...pieces.map((content) => chunk({ content })), chunk({}, "stop"), { ...chunk({}), choices: [], usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 } }, "[DONE]"));
const asking = (content: string, more: Record<string, unknown> = {}) => ({ body: { messages: [{ role: "user", content }], ...more } });

async function said(answer: Response): Promise<string> {
  const text = await answer.text();
  return [...text.matchAll(/^data: (\{.*)$/gm)].map((match) => (JSON.parse(match[1] ?? "{}") as { choices?: { delta?: { content?: string } }[] }).choices?.[0]?.delta?.content ?? "").join("");
}

describe("guardrails", () => {
  it("black out what they find before a provider sees it and before the caller does, and leave no trace of it in the record", async () => {
    await using gateway = await startBudgeted({ ai: { guardrails: { privacy: { detect: ["email", "card"] } } }, respond: counted(5, 5, "Write to bob@example.org please") });
    const answer = (await (await gateway.ask(asking("I am jane@example.com, card 4111 1111 1111 1111"))).json()) as { choices: { message: { content: string } }[] };
    expect(gateway.provider.calls[0]?.text).toContain("I am [redacted: email], card [redacted: card]");
    expect(answer.choices[0]?.message.content).toBe("Write to [redacted: email] please");
    const [record] = await gateway.records();
    expect(record?.guardrails).toEqual(["privacy input redact email", "privacy input redact card", "privacy output redact email"]);
    expect(JSON.stringify(record)).not.toMatch(/jane|bob@|4111 ?1111/);
  });

  it("hold a stream's pieces back until they are decided", async () => {
    await using gateway = await startBudgeted({ ai: { guardrails: { privacy: { detect: ["email"] } } }, respond: streamOf("Write to bo", "b@exam", "ple.o", "rg now") });
    const answer = await gateway.ask(asking("Hi", { stream: true }));
    expect(await said(answer)).toBe("Write to [redacted: email] now");
  });

  it("refuse a request in the caller's dialect, and an answer with an error where it is not begun", async () => {
    await using gateway = await startBudgeted({ ai: { guardrails: { secrets: { detect: ["secrets"], action: "block" } } }, respond: counted(5, 5, "AKIAIOSFODNN7EXAMPLE") });
    const refused = await gateway.ask({ path: "/v1/messages", ...asking("my key is sk-proj-abcdefghijklmnop1234") });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    expect(gateway.provider.calls).toHaveLength(0);
    const answered = await gateway.ask();
    expect([answered.status, await answered.json()]).toMatchObject([400, { error: { code: "guardrail-blocked" } }]);
    const records = await gateway.records();
    expect(records[1]).toMatchObject({ error: "guardrail-blocked", inputTokens: 5, costNanoUsd: 10_000_000, guardrails: ["secrets output block api-key"] });
  });

  it("end a stream with an error event, and never say a part of what they block", async () => {
    await using gateway = await startBudgeted({ ai: { guardrails: { secrets: { detect: ["secrets"], action: "block" } } }, respond: streamOf("Here it is: ", "AKIAIOSF", "ODNN7EXAMPLE", " and so on") });
    const text = await (await gateway.ask(asking("Hi", { stream: true }))).text();
    expect(text).toContain("guardrail-blocked");
    expect(text).not.toContain("AKIA");
    expect(text).not.toContain("[DONE]");
  });

  it("allow and deny models and tools, and keep to sizes", async () => {
    await using gateway = await startBudgeted({
      ai: { guardrails: { rules: { models: { allow: ["own/*"], deny: ["*unknown"] }, tools: { deny: ["shell*"] }, max: { messages: 2, images: 0, tokens: 200 } }, "for-others": { consumers: ["nobody"], models: { allow: [] } } } },
    });
    const status = async (body: Record<string, unknown>): Promise<number> => (await gateway.ask({ body })).status;
    expect(await status({})).toBe(200);
    expect(await status({ model: "own/unknown" })).toBe(400);
    expect(await status({ tools: [{ type: "function", function: { name: "shell_run", parameters: {} } }] })).toBe(400);
    expect(await status({ tools: [{ type: "function", function: { name: "weather", parameters: {} } }] })).toBe(200);
    expect(await status({ messages: [1, 2, 3].map(() => ({ role: "user", content: "x" })) })).toBe(400);
    expect(await status({ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] }] })).toBe(400);
    expect(await status({ messages: [{ role: "user", content: "word ".repeat(500) }] })).toBe(400);
  });

  it("ask a webhook, signed, and refuse where it does not answer, unless said otherwise", async () => {
    await using hook = await startProvider(json({ allow: false, reason: "not today" }));
    const webhook = { url: `${hook.url}/check`, secret: "shared", timeout: "5s" };
    await using gateway = await startBudgeted({ ai: { guardrails: { hook: { webhook } } } });
    const refused = await gateway.ask();
    expect([refused.status, ((await refused.json()) as { error: { message: string } }).error.message]).toEqual([400, expect.stringContaining("not today")]);
    const [asked] = hook.calls;
    expect(asked?.headers["parley-signature"]).toBe(createHmac("sha256", "shared").update(asked?.text ?? "").digest("hex"));
    expect(asked?.body).toMatchObject({ guardrail: "hook", phase: "input", consumer: "acme", model: "own/dear" });
    hook.respond = json({ allow: true });
    expect((await gateway.ask()).status).toBe(200);
    hook.respond = json("oops", 500);
    const unavailable = await gateway.ask();
    expect([unavailable.status, await unavailable.json()]).toMatchObject([503, { error: { code: "guardrail-unavailable", fix: expect.stringMatching(/./) as string } }]);
    // Where it leads on, nobody has looked: what stands there is not asked, and says nothing.
    await using elsewhere = await startProvider(json({ allow: true }));
    hook.respond = (_call, response) => void response.writeHead(307, { location: `${elsewhere.url}/check` }).end();
    expect([(await gateway.ask()).status, elsewhere.calls.length]).toEqual([503, 0]);
    await using lenient = await startBudgeted({ ai: { guardrails: { hook: { webhook: { ...webhook, onError: "pass" } } } } });
    expect((await lenient.ask()).status).toBe(200);
  });

  describe("a webhook that judges answers", () => {
    type Asked = { phase: string; done?: boolean; answer?: { text: string } };
    const judging = (test: (text: string) => boolean): Respond => (call, response) => {
      const asked = call.body as unknown as Asked;
      return json(asked.phase === "input" || test(asked.answer?.text ?? "") ? { allow: true } : { allow: false, reason: "not that" })(call, response);
    };
    const withHook = (url: string, more: object = {}, cache: object = {}) => ({ ai: { guardrails: { hook: { webhook: { url: `${url}/check`, timeout: "5s", ...more } } }, ...cache } });

    it("is asked before anything is said, and after what is blacked out", async () => {
      await using hook = await startProvider(judging((text) => !text.includes("forbidden")));
      const { ai } = withHook(hook.url);
      await using gateway = await startBudgeted({ ai: { guardrails: { ...ai.guardrails, privacy: { detect: ["email"] } } }, respond: counted(5, 5, "Write to bob@example.org") });
      expect((await gateway.ask()).status).toBe(200);
      expect(hook.calls[1]?.body).toMatchObject({ guardrail: "hook", phase: "output", done: true, consumer: "acme", answer: { text: "Write to [redacted: email]" } });
      gateway.provider.respond = counted(5, 5, "a forbidden thing");
      const refused = await gateway.ask();
      const text = await refused.text();
      expect([refused.status, text]).toEqual([400, expect.stringContaining("refused the answer: not that")]);
      expect(text).not.toContain("forbidden thing");
      hook.respond = (call, response) => (call.body["phase"] === "input" ? json({ allow: true }) : json("oops", 500))(call, response);
      expect((await gateway.ask()).status).toBe(503);
      expect((await gateway.records())[1]).toMatchObject({ status: 400, error: "guardrail-blocked", inputTokens: 5, costNanoUsd: 10_000_000, guardrails: ["hook output block webhook"] });
    });

    it("lets streams out piece by piece, and ends one with an error event before what it refuses", async () => {
      await using hook = await startProvider(judging((text) => !text.includes("forbidden")));
      await using gateway = await startBudgeted({ ...withHook(hook.url, { everyCharacters: 10 }), respond: streamOf("Hello you ", "and you, ", "a forbidden ", "thing") });
      const text = await (await gateway.ask(asking("Hi", { stream: true }))).text();
      expect(text).toContain("guardrail-blocked");
      expect(text).not.toMatch(/forbidden |thing|\[DONE\]/);
      gateway.provider.respond = streamOf("Hello you ", "and you, ", "my friends");
      hook.calls.length = 0;
      expect(await said(await gateway.ask(asking("Ho", { stream: true })))).toBe("Hello you and you, my friends");
      const asked = hook.calls.map(({ body }) => body as unknown as Asked).filter(({ phase }) => phase === "output");
      expect(asked.at(-1)).toMatchObject({ done: true, answer: { text: "Hello you and you, my friends" } });
      expect((await gateway.records())[0]).toMatchObject({ error: "guardrail-blocked", inputTokens: 5 });
    });

    it("has a refused answer kept by no cache, and is not asked again about one that was allowed", async () => {
      await using hook = await startProvider(judging((text) => !text.includes("forbidden")));
      await using gateway = await startBudgeted({ ...withHook(hook.url, {}, { cache: { exact: {} } }), respond: counted(5, 5, "forbidden") });
      expect((await gateway.ask()).status).toBe(400);
      gateway.provider.respond = counted(5, 5, "fine");
      for (const cache of ["miss", "hit"]) {
        const answer = await gateway.ask();
        expect([answer.status, answer.headers.get("parley-cache"), await answer.text()]).toEqual([200, cache, expect.stringContaining("fine")]);
      }
      expect(hook.calls.filter(({ body }) => body["phase"] === "output")).toHaveLength(2);
    });

    it("is asked about what it is for only", async () => {
      await using hook = await startProvider(judging(() => false));
      await using gateway = await startBudgeted({ ai: { guardrails: { hook: { on: ["input"], webhook: { url: hook.url } } } } });
      expect((await gateway.ask()).status).toBe(200);
      expect(hook.calls.map(({ body }) => body["phase"])).toEqual(["input"]);
    });
  });

  it("only say what they found where they warn", async () => {
    await using gateway = await startBudgeted({ ai: { guardrails: { watch: { patterns: { codename: "project-[a-z]+" }, action: "warn" } } }, respond: counted(5, 5, "about project-zeus") });
    expect(((await (await gateway.ask(asking("project-hera"))).json()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content).toBe("about project-zeus");
    expect(gateway.provider.calls[0]?.text).toContain("project-hera");
    expect((await gateway.records())[0]?.guardrails).toEqual(["watch input warn codename", "watch output warn codename"]);
  });

  it("let nothing pass where one of them cannot be compiled", async () => {
    await using gateway = await startBudgeted({ ai: { guardrails: { broken: { patterns: { bad: "(" } } } } });
    expect((await gateway.ask()).status).toBe(503);
  });
});
