/** From the printed link to the first call, seen as it happens. */
import { spawn } from "node:child_process";
import { expect, test, vi } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { startParley } from "../harness/start-parley.ts";
import { acceptFirstLink, launch, openPage } from "./browser.ts";

// A browser and three processes share the machine with whatever else runs on it.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

function runInShell(script: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", () => resolve(output));
  });
}

test("1, 25 a newcomer signs in, makes a key, pastes the snippet and sees the call arrive, the failed one explained; the call that the start prints is answered and on record", async () => {
  await using parley = await startParley();
  await using browser = await launch();
  const { page, complaints } = await openPage(browser, {});

  await acceptFirstLink(page, parley);
  expect(page.url()).not.toContain("token");
  await page.waitForURL("**/start");

  await page.getByRole("textbox", { name: "Name of the application" }).fill("my-app");
  await page.getByRole("button", { name: "Create the key" }).click();
  const snippet = page.getByRole("region", { name: "the call as curl" });
  await snippet.filter({ hasText: "Bearer pk_" }).waitFor();
  await page.getByText("Waiting for a call").waitFor();

  const command = (await snippet.textContent()) ?? "";
  const refused = await runInShell(command.replace(/pk_\w+/, "pk_wrong"));
  expect(refused).toContain("401");
  await page.getByRole("heading", { name: "See it arrive" }).waitFor();
  await page.getByText("The key is unknown, expired or revoked", { exact: true }).waitFor();

  const answer = await runInShell(command);
  expect(answer).toContain("Hello, Parley");
  await page.getByRole("heading", { name: "The call arrived" }).waitFor();

  await page.getByRole("link", { name: "Look at the call" }).click();
  await page.getByText("sandbox's echo answered").waitFor();
  const printed = /curl (?:[^\n]*\\\n)*[^\n]*/.exec(parley.output())?.[0] ?? "";
  expect(await runInShell(printed)).toMatch(/"object": ?"chat.completion"/);
  const recorded = async () => ((await (await parley.admin("/api/calls?query=consumer:first-app")).json()) as { items: unknown[] }).items.length;
  await eventually(async () => (await recorded()) === 1);
  expect(complaints).toEqual([]);
});
