import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer, connect, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GatewayConnection } from "./gateway-connection.ts";

let server: Server;
let gateway: Socket;
let connection: GatewayConnection;

beforeEach(async () => {
  const path = join(mkdtempSync(join(tmpdir(), "parley-channel-")), "channel.sock");
  server = createServer().listen(path);
  await once(server, "listening");
  const accepted = once(server, "connection");
  gateway = connect(path);
  // Nothing is read before somebody asks for it.
  gateway.pause();
  const [socket] = (await accepted) as [Socket];
  connection = new GatewayConnection(socket, () => undefined);
});

afterEach(() => {
  gateway.destroy();
  connection.close();
  server.close();
});

const count = 200;

test("lines are made as they are read, and what comes later comes after them", async () => {
  let made = 0;
  function* numbered(): Generator<string> {
    for (; made < count; made++) yield JSON.stringify({ made, filler: "x".repeat(64 * 1024) });
  }
  connection.sendLines(numbered());
  connection.sendLines(['{"made":"later"}', '{"made":"last"}']);
  expect(made).toBeLessThan(count);
  const seen: unknown[] = [];
  for await (const line of createInterface({ input: gateway })) {
    const message = JSON.parse(line) as { made: unknown };
    seen.push(message.made);
    if (message.made === "last") break;
  }
  expect(seen).toEqual([...Array.from({ length: count }, (_, number) => number), "later", "last"]);
});

test("a gateway that never reads is cut off rather than remembered for", async () => {
  const closed = once(gateway, "close");
  connection.sendLines([`"${"x".repeat(8 * 1024 * 1024)}"`]);
  for (let delta = 0; delta < 1_000; delta++) connection.sendLines(["{}"]);
  gateway.resume();
  await closed;
});
