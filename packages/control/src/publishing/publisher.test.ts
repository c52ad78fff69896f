import { readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { join } from "node:path";
import { emptySnapshot, type Snapshot } from "@parley/contract/snapshot";
import { ChannelServer } from "../channel/channel-server.ts";
import { aService, startControl, type TestControl } from "../testing/start-control.ts";
import { eventually } from "../testing/eventually.ts";
import { TestGateway } from "../testing/test-gateway.ts";

let control: TestControl;
const gateways: TestGateway[] = [];
beforeEach(async () => {
  control = await startControl();
});
afterEach(async () => {
  for (const gateway of gateways.splice(0)) gateway.close();
  await control.stop();
});

async function connect(snapshotVersion = 0, worker = 0): Promise<TestGateway> {
  const gateway = await TestGateway.connect(control.place.socket, { snapshotVersion, worker });
  gateways.push(gateway);
  return gateway;
}

const publish = (name: string) => control.call("PUT", `/api/services/${name}`, { create: true, body: aService(`/${name}`) });
const has = (name: string) => ({ snapshot }: TestGateway) => name in snapshot.entities.service;

describe("a gateway", () => {
  test("gets the whole snapshot first, and after that only what changed", async () => {
    const [one, two] = [await connect(0, 0), await connect(0, 1)];
    await Promise.all([one, two].map((gateway) => gateway.until(({ snapshot }) => snapshot.version > 0)));
    await publish("fresh");
    await Promise.all([one, two].map((gateway) => gateway.until(has("fresh"))));
    for (const gateway of [one, two]) {
      expect(gateway.messages.map((message) => message.type)).toEqual(["snapshot", "delta"]);
      expect(gateway.messages[1]).toMatchObject({ delta: { changes: [{ kind: "service", name: "fresh", value: { path: "/fresh", upstream: { timeouts: { connect: 2_000 } } } }] } });
    }
  });

  test("that was away for a moment gets the deltas that it lacks; one with a version of its own gets the whole", async () => {
    const before = await connect();
    await before.until(({ snapshot }) => snapshot.version > 0);
    before.close();
    for (const name of ["a", "b", "c"]) await publish(name);
    const back = await connect(before.snapshot.version);
    back.snapshot = before.snapshot;
    await back.until(has("c"));
    expect(back.messages.map((message) => message.type)).toEqual(["delta", "delta", "delta"]);
    const other = await connect(987_654);
    await other.until(has("c"));
    expect(other.messages.map((message) => message.type)).toEqual(["snapshot"]);
    expect(other.snapshot.entities).toEqual(back.snapshot.entities);
  });

  test("that has everything is sent nothing, and asks for the whole when it needs it", async () => {
    const first = await connect();
    await first.until(({ snapshot }) => snapshot.version > 0);
    const second = await connect(first.snapshot.version);
    second.send({ type: "resync" });
    await second.until(({ messages }) => messages.length > 0);
    expect(second.messages).toMatchObject([{ type: "snapshot", snapshot: { version: first.snapshot.version } }]);
  });

  test("that sends nonsense is cut off, and nobody else notices", async () => {
    const good = await connect();
    await good.until(({ snapshot }) => snapshot.version > 0);
    const { connect: dial } = await import("node:net");
    const bad = dial(control.place.socket);
    bad.write("this is no JSON\n");
    await new Promise((resolve) => bad.once("close", resolve));
    await publish("after-nonsense");
    await good.until(has("after-nonsense"));
    expect((await control.call("GET", "/api/status")).body["gateways"]).toHaveLength(1);
  });

  test("is on the status page with the version that it has in force", async () => {
    const gateway = await connect();
    await gateway.until(({ snapshot }) => snapshot.version > 0);
    gateway.send({ type: "applied", version: gateway.snapshot.version, tookMs: 1 });
    const version = async () => ((await control.call("GET", "/api/status")).body["gateways"] as { snapshotVersion: number }[])[0]?.snapshotVersion;
    await eventually(version).toBe(gateway.snapshot.version);
  });
});

describe("the snapshot on disk", () => {
  const onDisk = (): Snapshot => JSON.parse(readFileSync(control.place.snapshot, "utf8")) as Snapshot;

  test("follows what is published, for its owner's eyes alone", async () => {
    await publish("kept");
    await eventually(() => Object.keys(onDisk().entities.service)).toEqual(["kept"]);
    expect([statSync(control.place.snapshot).mode & 0o777, statSync(control.place.socket).mode & 0o777]).toEqual([0o600, 0o600]);
  });

  test("keeps its version over a restart without a change, and the version only grows", async () => {
    await publish("a");
    control = await control.restart();
    const { version } = onDisk();
    await publish("b");
    control = await control.restart();
    expect(onDisk().version).toBe(version + 1);
    const gateway = await connect();
    await gateway.until(has("b"));
    expect(gateway.snapshot.version).toBe(version + 1);
  });

  test("that is damaged is written anew", async () => {
    await control.drain();
    const { version } = onDisk();
    writeFileSync(control.place.snapshot, '{"version":');
    control = await control.restart();
    const gateway = await connect();
    await gateway.until(({ snapshot }) => snapshot.version > version);
    await control.drain();
    expect(onDisk()).toEqual(gateway.snapshot);
  });
});

describe("before there is a configuration", () => {
  const greeted: number[] = [];
  let version = 0;
  let channel: ChannelServer;
  let socketPath: string;
  beforeEach(async () => {
    greeted.length = 0;
    version = 0;
    socketPath = join(control.data, "early.sock");
    channel = new ChannelServer({
      linesSince: (have) => (have === version ? [] : [JSON.stringify({ type: "snapshot", snapshot: { ...emptySnapshot(), version } })]),
      wholeLines: () => [], version: () => version, onSealed: () => undefined, onCalls: () => undefined,
      onConnected: ({ snapshotVersion }) => greeted.push(snapshotVersion), onDisconnected: () => undefined, now: Date.now,
    });
    await channel.listen(socketPath);
  });
  afterEach(() => channel.close());

  test("a gateway that comes is greeted once it is published, and not with less than it has", async () => {
    const [fresh, known] = [await TestGateway.connect(socketPath), await TestGateway.connect(socketPath, { snapshotVersion: 7, worker: 1 })];
    gateways.push(fresh, known);
    // Both hellos have been read.
    await eventually(() => channel.waiting).toBe(2);
    expect([greeted, channel.gateways()]).toEqual([[], []]);
    version = 7;
    await channel.begin();
    await fresh.until(({ snapshot }) => snapshot.version === 7);
    expect([greeted.toSorted((one, other) => one - other), known.messages]).toEqual([[0, 7], []]);
  });

  test("a gateway that knocks while this process has no turn is sent what it lacks before what waits for that", async () => {
    const connecting = TestGateway.connect(socketPath);
    version = 7;
    await channel.begin();
    expect(greeted).toEqual([0]);
    const gateway = await connecting;
    gateways.push(gateway);
    await gateway.until(({ snapshot }) => snapshot.version === 7);
  });
});

test("secrets that the environment gives do not look changed after a restart", async () => {
  const environment = { OPENAI_API_KEY: "sk-from-the-environment" };
  control = await control.restart(environment);
  const first = await connect();
  await first.until(({ snapshot }) => "openai" in snapshot.entities.provider);
  control = await control.restart(environment);
  const second = await connect();
  await second.until(({ snapshot }) => snapshot.version > 0);
  expect(second.snapshot).toEqual(first.snapshot);
});
