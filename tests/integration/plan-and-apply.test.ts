import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parleyCommand } from "../harness/run-command.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

let parley: Parley;
let directory: string;

beforeAll(async () => {
  parley = await startParley();
  directory = mkdtempSync(join(tmpdir(), "parley-plan-"));
});

afterAll(() => parley[Symbol.asyncDispose]());

function file(name: string, yaml: string): string {
  const path = join(directory, name);
  writeFileSync(path, yaml);
  return path;
}

function service(name: string, port: number): string {
  return `services:\n  ${name}:\n    path: /${name}\n    access: open\n    upstream: { targets: [{ url: "http://127.0.0.1:${port}" }] }\n`;
}

/** A command that finds the running Parley by its data directory, as on the machine itself: no address, no token. */
function command(...args: string[]): ReturnType<typeof parleyCommand> {
  return parleyCommand(args, { PARLEY_DATA: parley.dataDirectory });
}

test("21 plan says what would change with status 2, apply does it, and then there is nothing to change with status 0", async () => {
  const path = file("one.yaml", service("one", 9001));
  const planned = await command("plan", "-f", path);
  expect(planned).toMatchObject({ status: 2, error: "" });
  expect(planned.out).toMatch(/\+ service one/);
  expect((await parley.admin("/api/services/one")).status).toBe(404);
  expect(await command("apply", "-f", path)).toMatchObject({ status: 0 });
  expect((await parley.admin("/api/services/one")).status).toBe(200);
  expect(await command("plan", "-f", path)).toMatchObject({ status: 0 });
});

test("21 a saved plan is applied as it was seen, once; then it is stale and refused", async () => {
  const before = file("base.yaml", service("one", 9001));
  await command("apply", "-f", before);
  const path = file("two.yaml", service("one", 9002));
  const saved = join(directory, "two.plan");
  expect((await command("plan", "-f", path, "--out", saved)).status).toBe(2);
  expect(statSync(saved).mode & 0o777).toBe(0o600);
  writeFileSync(path, "this is no longer what was planned: [");
  expect((await command("apply", "-f", saved)).status).toBe(0);
  expect(JSON.stringify(await (await parley.admin("/api/services/one")).json())).toContain("127.0.0.1:9002");
  await command("apply", "-f", before);
  const stale = await command("apply", "-f", saved);
  expect(stale.status).toBe(1);
  expect(stale.error).toMatch(/error\[(?:stale-plan|precondition-failed)\]/);
  expect(JSON.stringify(await (await parley.admin("/api/services/one")).json())).toContain("127.0.0.1:9001");
});

test("a saved plan is refused when a variable has another value", async () => {
  const path = file("variable.yaml", `${service("one", 9003)}consumers:\n  acme: { keys: [{ name: k, secret: "\${ACME_KEY}" }] }\n`);
  const saved = join(directory, "variable.plan");
  const data = { PARLEY_DATA: parley.dataDirectory };
  expect((await parleyCommand(["plan", "-f", path, "--out", saved], { ...data, ACME_KEY: "first-key-01234" })).status).toBe(2);
  expect(readFileSync(saved, "utf8")).not.toContain("first-key-01234");
  const other = await parleyCommand(["apply", "-f", saved], { ...data, ACME_KEY: "other-key-01234" });
  expect(other).toMatchObject({ status: 1, error: expect.stringContaining("stale-plan") });
});

test("21 a file with errors is status 1, shown with its lines, and nothing changes", async () => {
  const before = await (await parley.admin("/api/config")).text();
  const path = file("bad.yaml", "servces: {}\n");
  for (const verb of ["plan", "apply"]) {
    const result = await command(verb, "-f", path);
    expect(result.status).toBe(1);
    expect(result.error).toContain('did you mean "services"?');
  }
  expect(await (await parley.admin("/api/config")).text()).toBe(before);
});

test("what is exported applies without a change", async () => {
  await command("apply", "-f", file("again.yaml", service("one", 9001)));
  const exported = await command("export");
  expect(exported.status).toBe(0);
  expect(await command("plan", "-f", file("exported.yaml", exported.out))).toMatchObject({ status: 0 });
});

test("--json prints one document, with errors as code and fix", async () => {
  const planned = await command("plan", "-f", file("json.yaml", service("three", 9004)), "--json");
  expect(planned.status).toBe(2);
  expect(JSON.parse(planned.out)).toMatchObject({ base: expect.any(String), changes: expect.arrayContaining([expect.objectContaining({ action: "create", kind: "service", name: "three" })]) });
  const failed = await command("plan", "-f", join(directory, "nowhere.yaml"), "--json");
  expect(JSON.parse(failed.error)).toMatchObject({ error: { code: "config-unreadable", fix: expect.any(String) } });
});

test("a wrong token is refused with the way to a right one", async () => {
  const refused = await parleyCommand(["status", "--admin", parley.adminUrl, "--token", "not-the-token-at-all"]);
  expect(refused).toMatchObject({ status: 1, error: expect.stringContaining("error[not-signed-in]") });
});
