/** Conversations that go on at another provider after one has searched, read pages, run code or called servers itself. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";
import { everyProvider } from "../testing/every-provider.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const messages = (...blocks: Json[]): Json => ({ messages: [{ role: "user", content: "Find" }, { role: "assistant", content: [...blocks, { type: "text", text: "It is found." }] }, { role: "user", content: "Again" }] });
const responses = (...items: Json[]): Json => ({ input: [{ role: "user", content: "Find" }, ...items, { role: "assistant", content: "It is found." }, { role: "user", content: "Again" }] });

const searches: [From, string, Json][] = [
  ["messages", "server_tool_use", messages(
    { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
    { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [{ type: "web_search_result", url: "https://found.example", title: "Found", encrypted_content: "e" }] },
  )],
  ["responses", "web_search_call", responses({ type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "q" } })],
  ["gemini", "toolCall", { contents: [{ role: "user", parts: [{ text: "Find" }] }, { role: "model", parts: [{ toolCall: { id: "1", toolType: "GOOGLE_SEARCH_WEB", args: {} } }, { text: "It is found." }] }, { role: "user", parts: [{ text: "Again" }] }] }],
];
const own: Record<From, RegExp> = { chat: /^openai$/, messages: /anthropic|claude/, responses: /^(?:responses|openai|azure)$/, gemini: /gemini|vertex$/ };
const pairs = searches.flatMap(([from, kind, body]) => Object.keys(everyProvider).filter((to) => !own[from].test(to)).map((to) => [from, to, kind, body] as const));

describe("what one provider's own tools did in an earlier turn", () => {
  it.each(pairs)("of %s does not keep %s from answering the next one, and %s is said to be left out", async (from, to, kind, body) => {
    const { status, warned, sent } = await bench.ask({ from, to, body });
    expect([status, warned]).toEqual([200, expect.arrayContaining([`dropped messages[].content[].${kind}`])]);
    for (const said of ["Find", "It is found.", "Again"]) expect(sent?.text).toContain(said);
    expect(sent?.text).not.toContain(kind);
  });

  it("is told in words where it was code, and where a summary stands for earlier turns", async () => {
    const code = [{ type: "server_tool_use", id: "srvtoolu_1", name: "code_execution", input: { code: "6*7" } }, { type: "code_execution_tool_result", tool_use_id: "srvtoolu_1", content: { type: "code_execution_result", stdout: "42", stderr: "", return_code: 0, content: [] } }];
    expect((await bench.ask({ from: "messages", to: "openai", body: messages(...code) })).sent?.text).toContain("Code that was run:\\n6*7");
    expect((await bench.ask({ from: "messages", to: "mistral", body: messages({ type: "compaction", content: "They spoke of cats." }) })).sent?.text).toContain("They spoke of cats.");
  });

  it.each(["item_reference", "compaction"])("is refused where it is %s, for the turns that it stands for would be lost", async (type) => {
    const { status, body, sent } = await bench.ask({ from: "responses", to: "anthropic", body: responses({ type, id: "x", encrypted_content: "y" }) });
    expect([status, body["error"], sent]).toMatchObject([400, { code: "unsupported-parameter", message: expect.stringContaining(type) as string }, undefined]);
  });
});
