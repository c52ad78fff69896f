import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { config as configSchema } from "@parley/contract/config/config";
import { type ReadingPorts, resolveSettings, type SettingsReading } from "./settings.ts";

function fileWith(yaml: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "parley-settings-")), "parley.yaml");
  writeFileSync(file, yaml);
  return file;
}

/** Of a small file nobody is asked. */
const unneeded = (): never => expect.unreachable();

test("has the documented defaults", async () => {
  expect(await resolveSettings({}, {})).toEqual({
    file: null, gateway: { host: "127.0.0.1", port: 8080, workers: 1 }, admin: { host: "127.0.0.1", port: 8081, token: "" },
    data: resolve(".parley"), drainMs: 60_000, warnings: [],
  });
});

test("puts flags before the environment, and the environment before the file", async () => {
  const config = fileWith("gateway: { port: 1001, host: 127.0.0.2 }\nadmin: { port: 1002 }\ndata: ./here");
  const environment = { PARLEY_GATEWAY_PORT: "2001", PARLEY_ADMIN_PORT: "2002" };
  expect(await resolveSettings({ config, gatewayPort: 3001 }, environment)).toMatchObject({ gateway: { port: 3001, host: "127.0.0.2" }, admin: { port: 2002 } });
  expect((await resolveSettings({ config }, {})).data).toBe(join(config, "../here"));
});

test("says where the data directory will be while the file is checked, also where a variable says it, and by the same order", async () => {
  const expected = async (flags: Parameters<typeof resolveSettings>[0], environment: NodeJS.ProcessEnv): Promise<unknown[]> => {
    const told: string[] = [];
    const { data } = await resolveSettings(flags, environment, { expectData: (directory) => told.push(directory), readElsewhere: unneeded });
    return [told, data];
  };
  const config = fileWith('data: "${WHERE}"');
  const here = join(config, "../here");
  expect(await expected({ config }, { WHERE: "./here" })).toEqual([[here], here]);
  expect(await expected({ config }, { WHERE: "./here", PARLEY_DATA: "/there" })).toEqual([["/there"], "/there"]);
  expect(await expected({ config, data: "/flag" }, { WHERE: "./here", PARLEY_DATA: "/there" })).toEqual([["/flag"], "/flag"]);
  expect(await expected({}, {})).toEqual([[resolve(".parley")], resolve(".parley")]);
  const mistaken = fileWith("data: [1]");
  const told: string[] = [];
  await expect(resolveSettings({ config: mistaken }, {}, { expectData: (directory) => told.push(directory), readElsewhere: unneeded })).rejects.toMatchObject({ name: "ConfigError" });
  expect(told).toEqual([]);
});

test("has a large file read by whoever needs all of it, and reads it itself where nobody does", async () => {
  const large = (first: string): string => fileWith(`${first}\n${"# A comment that makes it large.\n".repeat(40_000)}`);
  const file = large("gateway: { port: 1001 }");
  const told: string[] = [];
  const asked: string[] = [];
  const elsewhere = (reading: SettingsReading | null): ReadingPorts => ({
    expectData: (directory) => told.push(directory),
    readElsewhere: async (path, expectData) => {
      asked.push(path);
      expectData("/there");
      return reading;
    },
  });
  const { gateway, admin } = configSchema.parse({ gateway: { port: 2002 } });
  const warning = { code: "config-not-enforced", severity: "warning", message: "not yet", pointer: "" } as const;
  expect(await resolveSettings({ config: file }, {}, elsewhere({ config: { gateway, admin, data: "/there" }, diagnostics: [warning] }))).toMatchObject({ gateway: { port: 2002 }, data: "/there", warnings: [warning] });
  expect([asked, told]).toEqual([[file], ["/there"]]);
  expect(await resolveSettings({ config: file }, {}, elsewhere(null))).toMatchObject({ gateway: { port: 1001 } });
  await expect(resolveSettings({ config: file }, {}, elsewhere({ config: null, diagnostics: [{ ...warning, severity: "error" }] }))).rejects.toMatchObject({ name: "ConfigError", diagnostics: [{ message: "not yet" }] });
  const before = told.length;
  await resolveSettings({ config: file, data: "/flag" }, {}, elsewhere(null));
  expect(told.slice(before)).toEqual(["/flag"]);
});

test("refuses a pipe as its configuration: the control plane would find nothing in it, and run without a service", async () => {
  const pipe = join(mkdtempSync(join(tmpdir(), "parley-settings-")), "pipe");
  execFileSync("mkfifo", [pipe]);
  await expect(resolveSettings({ config: pipe }, {})).rejects.toMatchObject({ name: "ConfigError", diagnostics: [{ code: "config-unreadable" }] });
});

test.each([["config", "--config"], ["data", "--data"], ["host", "--host"], ["adminHost", "--admin-host"]])("refuses an empty %s, which would be the working directory or every address of the machine", async (name, flag) => {
  await expect(resolveSettings({ [name]: "" }, {})).rejects.toMatchObject({ code: "config-invalid-value", message: `${flag} is empty` });
});

test("takes a variable without a value for none", async () => {
  const settings = await resolveSettings({}, { PARLEY_HOST: "", PARLEY_ADMIN_HOST: "", PARLEY_DATA: "" });
  expect([settings.gateway.host, settings.admin.host]).toEqual(["127.0.0.1", "127.0.0.1"]);
});

test("keeps what the file warns about", async () => {
  const config = fileWith("stores: { calls: 'clickhouse://127.0.0.1:1' }");
  expect((await resolveSettings({ config }, {})).warnings).toMatchObject([{ code: "config-not-enforced", line: 1 }]);
});

test("refuses a file with errors and says all of them", async () => {
  const config = fileWith("gatway: {}\nadmin: { prot: 1 }");
  await expect(resolveSettings({ config }, {})).rejects.toMatchObject({ name: "ConfigError", diagnostics: [{ line: 1 }, { line: 2 }] });
});

test.each([
  [{ gatewayPort: 4001, adminPort: 4001 }, true],
  [{ gatewayPort: 4001, adminPort: 4001, host: "0.0.0.0" }, true],
  [{ gatewayPort: 4001, adminPort: 4001, host: "127.0.0.2" }, false],
  [{ gatewayPort: 0, adminPort: 0 }, false],
])("refuses one port for both planes where their addresses meet: %j", async (flags, refused) => {
  const settings = resolveSettings(flags, {});
  await (refused ? expect(settings).rejects.toThrow("gateway.port and admin.port are both 4001") : expect(settings).resolves.toMatchObject({ gateway: { port: flags.gatewayPort } }));
});

test.each([
  [{ PARLEY_GATEWAY_PORT: "eighty" }, /PARLEY_GATEWAY_PORT is "eighty"/],
  [{ PARLEY_ADMIN_PORT: "70000" }, /PARLEY_ADMIN_PORT is "70000"/],
  [{ PARLEY_DRAIN_TIMEOUT: "60" }, /PARLEY_DRAIN_TIMEOUT is "60"/],
  [{ PARLEY_LOG_LEVEL: "loud" }, /PARLEY_LOG_LEVEL is "loud".* debug, info, warn, error/],
])("names a variable that holds nonsense: %j", async (environment, message) => {
  await expect(resolveSettings({}, environment)).rejects.toThrow(message);
});
