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
  const ports: Record<string, number> = { 9001: await freePort(), 9002: await freePort(), 8080: await freePort(), 8081: await freePort() };
  // All at once: a free port may have another's digits in it.
  const replace = (text: string): string =>
    text.replaceAll(/9001|9002|8080|8081/g, (port) => String(ports[port])).replaceAll("./parley up ", `./parley up --gateway-port ${ports[8080]} --admin-port ${ports[8081]} `);
  const { steps, status, errors } = await runGuide(`docs/${name}`, directory, replace);
  const broken = steps.filter((step) => !keepsPromise(step)).map(({ commands, promised, printed }) => ({ commands, promised, printed }));
  expect([broken, status], errors).toEqual([[], 0]);
  expect(steps.length).toBeGreaterThan(2);
  rmSync(directory, { recursive: true, force: true });
});
