import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenPrivately } from "./private-socket.ts";

let folder: string;
let server: Server;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-socket-"));
  server = createServer();
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a socket and the folder made for it are their user's alone", async () => {
  const path = join(folder, "own", "planes.sock");
  await listenPrivately(server, path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "own")).mode & 0o777).toBe(0o700);
});

test("takes the place of what a dead process left", async () => {
  const path = join(folder, "planes.sock");
  writeFileSync(path, "");
  await listenPrivately(server, path);
  expect(statSync(path).isSocket()).toBe(true);
});

test("tells where there is no place for it, and leaves what is there", async () => {
  const path = join(folder, "planes.sock");
  mkdirSync(path);
  writeFileSync(join(path, "file"), "");
  await expect(listenPrivately(server, path)).rejects.toThrow();
  await expect(listenPrivately(server, join(folder, "x".repeat(120)))).rejects.toThrow();
  expect(existsSync(join(path, "file"))).toBe(true);
});
