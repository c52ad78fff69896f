import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startControl, type TestControl } from "../testing/start-control.ts";

let folder: string;
let control: TestControl;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-console-"));
  writeFileSync(join(folder, "secret.txt"), "outside");
  mkdirSync(join(folder, "dist", "assets"), { recursive: true });
  control = await startControl({ consoleFolder: join(folder, "dist") });
});
afterEach(async () => {
  await control.stop();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string) => fetch(control.url + path);

function build(): void {
  writeFileSync(join(folder, "dist", "index.html"), "<!doctype html><title>built</title>");
  writeFileSync(join(folder, "dist", "assets", "index-abc123.js"), "export {};".repeat(500));
}

test("serves the page for every path of its own, with a policy that allows nothing inline", async () => {
  build();
  for (const path of ["/", "/calls?service=notes", "/consumers/acme.example"]) {
    const answer = await get(path);
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, expect.stringContaining("built")]);
    expect(answer.headers.get("content-security-policy")).toMatch(/default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(answer.headers.get("content-security-policy")).not.toContain("unsafe");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
  }
});

test("serves assets for ever and compressed, and never in place of a missing one the page", async () => {
  build();
  const asset = await get("/assets/index-abc123.js");
  expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect([asset.headers.get("content-encoding"), asset.headers.get("content-type"), (await asset.text()).length]).toEqual(["gzip", "text/javascript; charset=utf-8", 5_000]);
  for (const path of ["/assets/index-gone.js", "/favicon.svg"]) expect((await get(path)).status).toBe(404);
});

test("does not leave its folder", async () => {
  build();
  for (const path of ["/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/%2e%2e/secret.txt", "/\0", "/%"]) expect(await (await get(path)).text()).not.toContain("outside");
});

test("says how to build it where it is not built, and notices when it is", async () => {
  const missing = await get("/");
  expect([missing.status, await missing.text()]).toEqual([503, expect.stringContaining("npm run build")]);
  build();
  expect((await get("/")).status).toBe(200);
});
