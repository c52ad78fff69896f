import type { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { LeanTransport } from "./lean-transport.ts";
import { collect } from "./testing/collect-answer.ts";
import { scriptedServer, type Script, type ScriptedServer } from "./testing/scripted-server.ts";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/** Longer than any of these tests. */
const endlessMs = 600_000;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function set(script: Script, patienceMs: number): Promise<{ server: ScriptedServer; transport: LeanTransport }> {
  const server = await scriptedServer(script);
  const transport = new LeanTransport({ patienceMs });
  open.push(server, transport);
  return { server, transport };
}

async function callTogether(transport: LeanTransport, origin: string, count: number): Promise<string[]> {
  const all = await Promise.all(Array.from({ length: count }, () => collect(transport, { origin }).over));
  return all.map(({ body }) => body);
}

/** Answers nobody before so many requests are there. */
function togetherOnly(count: number): Script {
  const held: Socket[] = [];
  return (socket) => {
    held.push(socket);
    if (held.length === count) for (const one of held.splice(0)) one.write(ok);
  };
}

test("many calls at once to an upstream that answers quickly share the connections that there are, and have few opened", async () => {
  const { server, transport } = await set((socket) => socket.write(ok), endlessMs);
  await callTogether(transport, server.origin, 3);
  expect(await callTogether(transport, server.origin, 200)).toEqual(Array.from({ length: 200 }, () => "ok"));
  expect(server.connections()).toBeLessThan(30);
});

test("the first calls to an upstream wait for nobody", async () => {
  const { server, transport } = await set(togetherOnly(20), endlessMs);
  expect(await callTogether(transport, server.origin, 20)).toHaveLength(20);
  expect(server.connections()).toBe(20);
});

test("calls that wait in vain have connections opened, and those after them wait no more", async () => {
  let script: Script = (socket) => socket.write(ok);
  const { server, transport } = await set((...request) => script(...request), 20);
  await callTogether(transport, server.origin, 1);
  script = togetherOnly(30);
  const first = callTogether(transport, server.origin, 10);
  await expect.poll(() => server.connections(), { timeout: 10_000 }).toBe(10);
  expect(await Promise.all([first, callTogether(transport, server.origin, 20)])).toEqual([Array.from({ length: 10 }, () => "ok"), Array.from({ length: 20 }, () => "ok")]);
  expect(server.connections()).toBe(30);
});

test("a connection that breaks makes place for the call that waits", async () => {
  let script: Script = (socket) => socket.write(ok);
  const { server, transport } = await set((...request) => script(...request), endlessMs);
  await callTogether(transport, server.origin, 1);
  script = (socket) => {
    script = (next) => next.write(ok);
    socket.destroy();
  };
  const [broken, waited] = [collect(transport, { origin: server.origin }), collect(transport, { origin: server.origin })];
  expect((await broken.over).failure).toMatchObject({ kind: "reset", reusedConnection: true });
  expect((await waited.over).body).toBe("ok");
  expect(server.connections()).toBe(2);
});

test("a call that is given up while it waits leaves the queue", async () => {
  let script: Script = (socket) => socket.write(ok);
  const { server, transport } = await set((...request) => script(...request), endlessMs);
  await callTogether(transport, server.origin, 1);
  let answerFirst = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    script = (socket) => {
      script = (next) => next.write(ok);
      answerFirst = () => void socket.write(ok);
      resolve();
    };
  });
  const calls = Array.from({ length: 3 }, () => collect(transport, { origin: server.origin }));
  calls[1]?.sending.abort();
  expect((await calls[1]!.over).failure).toMatchObject({ kind: "aborted", notSent: true });
  await asked;
  answerFirst();
  expect(await Promise.all([calls[0]!.over, calls[2]!.over])).toMatchObject([{ body: "ok" }, { body: "ok" }]);
  expect(server.connections()).toBe(1);
});
