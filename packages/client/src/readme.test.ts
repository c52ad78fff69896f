/** Every example of the README, run as it is written there. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EtagServer } from "./etag-server.test-support.ts";
import * as client from "./index.ts";

const [beginning = "", ...examples] = [...readFileSync(new URL("../README.md", import.meta.url), "utf8").matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => String(code));

let server: EtagServer;
beforeEach(async () => {
  server = await new EtagServer().start();
  server.put("/notes/7", { title: "plan", count: 0 });
});
afterEach(() => server.close());

const AsyncFunction = (async () => {}).constructor as new (...parameters: string[]) => (...values: unknown[]) => Promise<void>;

/** What it prints. Its imports are those of the library's door. */
async function run(example: string): Promise<unknown[][]> {
  const code = `${beginning}\n${example}`.replaceAll("http://127.0.0.1:8080", server.url).replaceAll(/^import (\{.*?\}) from "@parley\/client";$/gm, "const $1 = library;");
  const printed: unknown[][] = [];
  await new AsyncFunction("library", "console", code)(client, { log: (...values: unknown[]) => printed.push(values) });
  return printed;
}

function example(word: string): string {
  const found = examples.filter((code) => code.includes(word));
  if (found.length !== 1) throw new Error(`${found.length} examples have ${word}`);
  return found[0] as string;
}

const stored = (): unknown => server.documents.get("/notes/7")?.value;

it("changes something, though somebody else is faster", async () => {
  let faster = 1;
  server.before = (request) => {
    if (request.method === "PUT" && faster-- > 0) server.put("/notes/7", { title: "theirs", count: 5 });
    return false;
  };
  expect(await run(example("client.update("))).toEqual([[6, '"3"']]);
  expect(stored()).toEqual({ title: "theirs", count: 6 });
});

it("saves what a person has edited, and shows where both have", async () => {
  let faster = 1;
  const theirs = { title: "plan", count: 9 };
  server.before = (request) => {
    if (request.method === "PUT" && faster-- > 0) server.put("/notes/7", theirs);
    return false;
  };
  expect(await run(example("client.replace("))).toEqual([]);
  expect(stored()).toEqual({ title: "Plan B", count: 9 });
  faster = 1;
  server.put("/notes/7", { title: "plan", count: 0 });
  theirs.title = "Plan X";
  expect(await run(example("client.replace("))).toEqual([["/title", "Plan X", "Plan B"]]);
});

it("creates once, though the first answer is lost", async () => {
  let lost = 1;
  server.beforeAnswer = (request) => request.method === "POST" && lost-- > 0 && Boolean(request.socket.destroy());
  expect(await run(example("client.create("))).toEqual([["/notes/1"]]);
  expect([...server.documents.keys()]).toEqual(["/notes/7", "/notes/1"]);
});

it("works under a lease, and gives it back", async () => {
  await run(example("client.withLock("));
  expect(stored()).toEqual({ title: "plan", count: 0, reported: true });
  expect(server.requests.map(({ method }) => method)).toEqual(["LOCK", "GET", "POST", "GET", "PUT", "UNLOCK"]);
});

it("just fetches, naming what was seen", async () => {
  expect(await run(example("client.fetch("))).toEqual([[204]]);
  expect(server.requests.at(-1)?.headers["if-match"]).toBe('"1"');
});

it("has no example that is not run here", () => {
  expect(examples).toHaveLength(5);
});
