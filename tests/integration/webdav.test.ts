/** Apache's mod_dav behind the gateway, judged by litmus, the WebDAV server test suite: through the gateway it has to say what it says directly. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApacheWebdav, apacheMissing, startApacheWebdav } from "../harness/apache-webdav.ts";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

const litmus = "/usr/bin/litmus";
const missing = apacheMissing ?? (existsSync(litmus) ? null : "litmus is not installed");
const collections = ["direct", "off", "observe", "enforce", "plain"];

/** The verdict on each of its tests, `locks/6. lock_excl` and so on: pass, FAIL, SKIPPED or WARNING. */
function judge(url: string, suites: string): Promise<Record<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), "parley-litmus-"));
  return new Promise((resolve) => {
    // It ends with 1 where something failed; what it printed is what counts.
    execFile(litmus, ["-k", url], { cwd: directory, env: { PATH: process.env["PATH"] ?? "", TESTS: suites }, timeout: 60_000 }, (_error, output) => {
      rmSync(directory, { recursive: true, force: true });
      resolve(verdicts(output));
    });
  });
}

function verdicts(output: string): Record<string, string> {
  const found: Record<string, string> = {};
  let suite = "";
  for (const line of output.split(/[\r\n]+/)) {
    suite = /running `(\w+)'/.exec(line)?.[1] ?? suite;
    const verdict = /^\s*(\d+\. \w+)\.* (pass|FAIL|SKIPPED|WARNING)/.exec(line);
    if (verdict) found[`${suite}/${verdict[1]}`] = verdict[2] as string;
  }
  return found;
}

describe.skipIf(missing !== null)(`Apache mod_dav${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let apache: ApacheWebdav;
  let parley: Parley;

  beforeAll(async () => {
    apache = await startApacheWebdav(collections);
    // The paths are those of Apache, as a WebDAV client names them in Destination too.
    const services = ["off", "observe", "enforce"].map((mode) => `  ${mode}: { path: /${mode}, access: open, upstream: { targets: [{ url: "${apache.url}/${mode}" }] }, conflict: { mode: "${mode}" } }\n`);
    parley = await startParley({ yaml: `services:\n${services.join("")}  plain: { path: /plain, access: open, upstream: { targets: [{ url: "${apache.url}/plain" }] }, conflict: { mode: require } }\n` });
  });

  afterAll(async () => {
    // Whatever of it was started.
    for (const one of [parley, apache] as (AsyncDisposable | undefined)[]) await one?.[Symbol.asyncDispose]();
  });

  const all = "basic copymove props locks http";

  test.each(["off", "observe"])("litmus says through the gateway what it says directly, its own locks included (mode: %s)", async (mode) => {
    const direct = await judge(`${apache.url}/direct/`, all);
    expect(Object.keys(direct).length).toBeGreaterThan(90);
    expect(Object.values(direct).filter((verdict) => verdict === "FAIL")).toEqual([]);
    expect(await judge(`${parley.gatewayUrl}/${mode}/`, all)).toEqual(direct);
  });

  // Under enforce a lease is the gateway's and is told in JSON, not in WebDAV's XML; whoever wants Apache's own locks leaves the service on off.
  test("litmus says the same with the gateway guarding, except of locks", async () => {
    const suites = "basic copymove props http";
    expect(await judge(`${parley.gatewayUrl}/enforce/`, suites)).toEqual(await judge(`${apache.url}/direct/`, suites));
    expect(await judge(`${parley.gatewayUrl}/enforce/`, "locks")).toMatchObject({ "locks/5. put": "pass", "locks/6. lock_excl": "FAIL" });
  });

  test("its tag is weak within the second of a change and strong later: what a client read before it is still good after it", async () => {
    const url = `${parley.gatewayUrl}/plain/note.txt`;
    const put = (tag: Record<string, string>, body: string): Promise<Response> => fetch(url, { method: "PUT", body, headers: { "content-type": "text/plain", ...tag } });
    expect((await put({ "if-none-match": "*" }, "one")).status).toBe(201);
    const early = String((await fetch(url)).headers.get("etag"));
    await eventually(async () => !(await fetch(`${apache.url}/plain/note.txt`)).headers.get("etag")?.startsWith("W/"));
    expect((await fetch(url, { headers: { "if-none-match": early } })).status).toBe(304);
    expect((await put({ "if-match": early }, "second")).status).toBe(204);
    const stale = await put({ "if-match": early }, "third");
    expect([stale.status, ((await stale.json()) as { cause: string }).cause]).toEqual([412, "concurrent-modification"]);
    expect(await (await fetch(url)).text()).toBe("second");
  });
});
