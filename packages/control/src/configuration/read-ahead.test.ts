import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigFile } from "@parley/config";
import { hashKey } from "@parley/contract/secrets";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startControl, type TestControl } from "../testing/start-control.ts";

const environment = { NOTES_URL: "http://127.0.0.1:9001/api", SHOP_KEY: "shop-has-this-key" };
const yaml = (path: string): string => `
services:
  notes: { path: ${path}, upstream: { targets: [{ url: "\${NOTES_URL}" }], credentials: { header: X-Token, value: a-secret } }, access: key }
consumers:
  shop: { keys: [{ name: one, hash: "${hashKey("one-of-the-shop")}" }] }
  other: { limits: [{ requests: 5, per: 1m }], keys: [{ name: one, secret: "\${SHOP_KEY}", expiresAt: "2030-01-01T00:00:00Z" }] }
`;

let folder: string;
let file: string;
let control: TestControl | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-ahead-"));
  file = join(folder, "parley.yaml");
  writeFileSync(file, yaml("/notes"));
});
afterEach(async () => {
  await control?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** As in a process that waits for its options. */
async function readAhead(): Promise<{ ahead: ConfigFile; dataDirectories: string[] }> {
  const ahead = new ConfigFile(file, environment);
  const dataDirectories: string[] = [];
  const { config } = await ahead.readAhead((path) => dataDirectories.push(path));
  expect(config?.services["notes"]?.path).toBe("/notes");
  return { ahead, dataDirectories };
}

async function shown({ call }: TestControl): Promise<string[]> {
  const lists = await Promise.all(["services", "consumers", "consumers/shop/keys", "consumers/other/keys"].map((kind) => call("GET", `/api/${kind}`)));
  // Sealing makes a new text of the same secret, and with it another tag.
  return lists.map(({ body }) => JSON.stringify(body.items, (name, value: unknown) => (/^(createdAt|updatedAt|etag)$/.test(name) ? undefined : value)));
}

test("what was read before there were options is what would have been read after them", async () => {
  control = await startControl({ file, environment });
  const own = await shown(control);
  await control.stop();
  const { ahead, dataDirectories } = await readAhead();
  expect(dataDirectories).toEqual([join(folder, ".parley")]);
  control = await startControl({ file, environment, ahead });
  expect(await shown(control)).toEqual(own);
  expect(own.join()).toContain("2030-01-01");
});

test("a file that was written since then is read again, and so is every later change", async () => {
  const { ahead } = await readAhead();
  writeFileSync(file, yaml("/notes-since"));
  control = await startControl({ file, environment, ahead });
  expect((await control.call("GET", "/api/services/notes")).body.spec).toMatchObject({ path: "/notes-since" });
});

test("what was read ahead of another file is not taken for this one", async () => {
  const { ahead } = await readAhead();
  const other = join(folder, "other.yaml");
  writeFileSync(other, yaml("/elsewhere"));
  control = await startControl({ file: other, environment, ahead });
  expect((await control.call("GET", "/api/services/notes")).body.spec).toMatchObject({ path: "/elsewhere" });
});
