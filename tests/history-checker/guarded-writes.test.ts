/**
 * The ledger's order of calls around a real upstream that compares nothing, judged by the history checker. The same run
 * with the place in the queue or the comparison left out has to be found guilty, or the checker would prove nothing.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLedger, startLedger } from "@parley/stores/embedded/ledger";
import type { Ledger } from "@parley/stores/ports/ledger";
import { expect, it, onTestFinished } from "vitest";
import { digestBody } from "../../packages/gateway/src/policies/conflict/validators/index.ts";
import type { NamedWrite } from "./history.ts";
import { findLostUpdates, type Violation } from "./lost-updates.ts";

interface Document {
  id: string | null;
}

type Omission = "nothing" | "the place in the queue" | "the comparison";

/** Keeps whatever is put, and takes its time, so that others come between. */
async function startUpstream(): Promise<string> {
  const documents = new Map<string, string>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    await new Promise((resolve) => setImmediate(resolve));
    const path = request.url ?? "";
    if (request.method === "PUT") documents.set(path, body);
    response.end(documents.get(path) ?? '{"id":null}');
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startLedgerForTest(): Promise<Ledger> {
  const directory = mkdtempSync(join(tmpdir(), "parley-guarded-"));
  const socketPath = join(directory, "ledger.sock");
  const thread = await startLedger({ databasePath: join(directory, "ledger.db"), socketPath, died: () => {} });
  const ledger = connectLedger({ socketPath, deadlineMs: 20_000 });
  onTestFinished(async () => {
    await ledger.close();
    await thread.close();
    rmSync(directory, { recursive: true });
  });
  return ledger;
}

async function fetchState(url: string): Promise<{ document: Document; digest: string }> {
  const body = Buffer.from(await (await fetch(url)).arrayBuffer());
  return { document: JSON.parse(body.toString()) as Document, digest: digestBody({ contentType: "application/json", view: "" }, body) };
}

interface Guard {
  ledger: Ledger;
  origin: string;
  omit: Omission;
}

/** What the guard does with a PUT that carries If-Match; false is 412. */
async function guardedPut(guard: Guard, path: string, write: { base: string; id: string }): Promise<boolean> {
  const { ledger, origin, omit } = guard;
  const lockPath = omit === "the place in the queue" ? `${path}/${write.id}` : path;
  const place = await ledger.prepareWrite({
    service: "notes", path, lockPath, view: "", consumer: "acme", callId: write.id, method: "PUT", lockToken: null, idempotency: null, maxWaiting: 1_000, waitMs: 30_000, holdMs: 30_000,
  });
  if (place.kind !== "granted") throw new Error(JSON.stringify(place));
  const current = await fetchState(origin + path);
  if (omit !== "the comparison" && current.digest !== write.base) {
    await ledger.finishWrite({ write: place.write, outcome: "not-applied", etag: null, digest: null, response: null, fsync: false });
    return false;
  }
  const sent = await ledger.sendWrite({ write: place.write, restMs: 1_000, base: { etag: null, digest: current.digest }, intended: null, refetch: [], fsync: false });
  if (sent.kind !== "sent") return false;
  await (await fetch(origin + path, { method: "PUT", body: JSON.stringify({ id: write.id }) })).text();
  const done = await ledger.finishWrite({ write: place.write, outcome: "applied", etag: null, digest: null, response: null, fsync: false });
  return done.kind === "done";
}

async function run(omit: Omission): Promise<{ violations: Violation[]; acknowledged: number }> {
  const guard: Guard = { ledger: await startLedgerForTest(), origin: await startUpstream(), omit };
  const writes: NamedWrite[] = [];
  const paths = ["/notes/1", "/notes/2"];
  const client = async (): Promise<void> => {
    for (let count = 0; count < 10; count += 1) {
      const path = paths[count % 2] as string;
      const read = await fetchState(guard.origin + path);
      const id = randomUUID();
      const done = await guardedPut(guard, path, { base: read.digest, id });
      writes.push({ key: path, id, predecessor: read.document.id, outcome: done ? "acknowledged" : "refused" });
    }
  };
  await Promise.all(Array.from({ length: 12 }, client));
  const ends = new Map<string, string | null>();
  for (const path of paths) ends.set(path, (await fetchState(guard.origin + path)).document.id);
  return { violations: findLostUpdates(writes, ends), acknowledged: writes.filter((write) => write.outcome === "acknowledged").length };
}

it("loses no acknowledged write, though the upstream compares nothing", { timeout: 60_000 }, async () => {
  const { violations, acknowledged } = await run("nothing");
  expect(violations).toEqual([]);
  expect(acknowledged).toBeGreaterThan(5);
});

it.each(["the place in the queue", "the comparison"] as const)("is found guilty without %s", { timeout: 60_000 }, async (omit) => {
  expect((await run(omit)).violations).not.toEqual([]);
});
