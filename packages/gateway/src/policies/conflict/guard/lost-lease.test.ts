/** A lease that is lost while a write under it is on its way. */
import { dataDirectory } from "@parley/contract/data-directory";
import { connectLedger } from "@parley/stores/embedded/ledger";
import { expect, it } from "vitest";
import { startGuarded } from "../testing/guarded-upstream.ts";

it("cuts the connection to the upstream, says that the outcome is unknown, and lets the resource rest", { timeout: 30_000 }, async () => {
  const guarded = await startGuarded({ mode: "require", locks: { delay: "2s", maxTtl: "1m" } }, { upstream: { timeouts: { firstByte: "20s" } } });
  guarded.kept.set("/7", '{"title":"one"}');
  const { etag } = await guarded.call("GET", "/notes/7");
  const lease = await guarded.call("LOCK", "/notes/7", { headers: { timeout: "Second-30" } });
  let cut = (): void => {};
  const wasCut = new Promise<void>((resolve) => (cut = resolve));
  const reached = new Promise<void>((resolve) => {
    guarded.interfere = (request, response) => {
      if (request.method !== "PUT") return false;
      response.on("close", cut);
      resolve();
      return true;
    };
  });
  const write = guarded.call("PUT", "/notes/7", { body: { title: "two" }, headers: { "if-match": etag, "lock-token": `<${String(lease.body["token"])}>` } });
  await reached;
  const ledger = connectLedger({ socketPath: dataDirectory(guarded.gateway.dataDirectory).ledgerSocket });
  expect(await ledger.breakLease({ service: "notes", path: "/notes/7" })).toMatchObject({ broken: { holder: "ann" } });
  const answer = await write;
  expect([answer.status, answer.body]).toMatchObject([504, { code: "outcome-unknown", cause: "outcome-unknown", subcause: "lease-lost", outcome: "unknown", retryable: false }]);
  await wasCut;
  guarded.interfere = null;
  const next = await guarded.call("PUT", "/notes/7", { key: "bob-key", body: { title: "three" }, headers: { "if-match": (await guarded.call("GET", "/notes/7", { key: "bob-key" })).etag } });
  expect([next.status, next.body]).toMatchObject([409, { cause: "busy", subcause: "lock-delay" }]);
  await ledger.close();
  await guarded.stop();
});
