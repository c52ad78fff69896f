/** The guides, run as they are written: every command succeeds, and prints what the guide says. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { freePort } from "../harness/free-port.ts";
import { keepsPromise, runGuide } from "../harness/guide.ts";

const guides = ["guides", "migrating"].flatMap((folder) => readdirSync(resolve(import.meta.dirname, "../../docs", folder)).filter((name) => name.endsWith(".md")).map((name) => `${folder}/${name}`));

test.each(guides)("%s does what it says", { timeout: 120_000 }, async (name) => {
  const directory = mkdtempSync(join(tmpdir(), "parley-guide-"));
  const [upstream, spare, gateway, admin] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const replace = (text: string): string =>
    text.replaceAll("9001", String(upstream)).replaceAll("9002", String(spare)).replaceAll("8080", String(gateway)).replaceAll("8081", String(admin))
      .replaceAll("./parley up ", `./parley up --gateway-port ${gateway} --admin-port ${admin} `);
  const { steps, status, errors } = await runGuide(`docs/${name}`, directory, replace);
  const broken = steps.filter((step) => !keepsPromise(step)).map(({ commands, promised, printed }) => ({ commands, promised, printed }));
  expect([broken, status], errors).toEqual([[], 0]);
  expect(steps.length).toBeGreaterThan(2);
  rmSync(directory, { recursive: true, force: true });
});
