/** The admin port's certificate while its files are replaced, broken and closed. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type Server } from "node:tls";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AdminCertificate } from "./admin-certificate.ts";

const soon = { timeout: 30_000, interval: 100 };
let folder: string;
let problems: string[];
let certificate: AdminCertificate;
let server: Server;
const at = (name: string): string => join(folder, name);

function issue(name: string): void {
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at(`${name}.key`), "-out", at(`${name}.pem`), "-days", "2", "-subj", `/CN=${name}`], { stdio: "pipe" });
}

function place(name: string): void {
  for (const ending of ["key", "pem"]) {
    rmSync(at(`live.${ending}`), { force: true });
    copyFileSync(at(`${name}.${ending}`), at(`live.${ending}`));
  }
}

async function shown(): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-admin-certificate-"));
  problems = [];
  issue("first");
  issue("second");
  place("first");
  certificate = new AdminCertificate({ cert: at("live.pem"), key: at("live.key"), minVersion: "1.2" }, (error) => problems.push((error as Error).message));
  server = createServer(certificate.options()).listen(0, "127.0.0.1");
  await once(server, "listening");
  certificate.keepUp(server);
});
afterEach(() => {
  certificate.close();
  server.close();
  rmSync(folder, { recursive: true });
});

test("a file that cannot even be looked at leaves the certificate before it, and the next pair is shown", { timeout: 90_000 }, async () => {
  expect(await shown()).toBe("first");
  rmSync(at("live.key"));
  symlinkSync("live.key", at("live.key"));
  await vi.waitFor(() => expect(problems).toEqual([expect.stringContaining("ELOOP")]), soon);
  expect(await shown()).toBe("first");
  place("second");
  await vi.waitFor(async () => expect(await shown()).toBe("second"), soon);
});

test("a pair is read again once others may read it: a renewal is often put there first and opened to its reader afterwards", { timeout: 90_000 }, async () => {
  copyFileSync(at("second.key"), at("live.key"));
  await vi.waitFor(() => expect(problems).toEqual([expect.stringContaining("mismatch")]), soon);
  chmodSync(at("live.key"), 0o640);
  await vi.waitFor(() => expect(problems).toEqual([expect.stringContaining("mismatch"), expect.stringContaining("mismatch")]), soon);
});
