import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileFingerprint, handedText, readConfigFile } from "@parley/config";
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
  folder = mkdtempSync(join(tmpdir(), "parley-handed-"));
  file = join(folder, "parley.yaml");
  writeFileSync(file, yaml("/notes"));
});
afterEach(async () => {
  await control?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function handed(): Promise<string> {
  return handedText({ fingerprint: await fileFingerprint(file), reading: await readConfigFile(file, environment) });
}

async function shown({ call }: TestControl): Promise<string[]> {
  const lists = await Promise.all(["services", "consumers", "consumers/shop/keys", "consumers/other/keys"].map((kind) => call("GET", `/api/${kind}`)));
  // Sealing makes a new text of the same secret, and with it another tag.
  return lists.map(({ body }) => JSON.stringify(body.items, (name, value: unknown) => (/^(createdAt|updatedAt|etag)$/.test(name) ? undefined : value)));
}

test("what the supervisor has read is what the control plane would have read itself", async () => {
  control = await startControl({ file, environment });
  const own = await shown(control);
  await control.stop();
  control = await startControl({ file, environment, handedOver: await handed() });
  expect(await shown(control)).toEqual(own);
  expect(own.join()).toContain("2030-01-01");
});

test("a file that was written since then is read again, and so is every later change", async () => {
  const before = await handed();
  writeFileSync(file, yaml("/notes-since"));
  control = await startControl({ file, environment, handedOver: before });
  expect((await control.call("GET", "/api/services/notes")).body.spec).toMatchObject({ path: "/notes-since" });
});

test("nothing handed over is a file to read", async () => {
  control = await startControl({ file, environment, handedOver: "" });
  expect((await control.call("GET", "/api/services/notes")).body.spec).toMatchObject({ path: "/notes" });
});
