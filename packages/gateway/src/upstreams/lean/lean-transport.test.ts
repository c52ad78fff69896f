import { once } from "node:events";
import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { LeanTransport, type LeanTransportOptions } from "./lean-transport.ts";
import { certificate, privateKey } from "./testing/certificate.ts";
import { collect } from "./testing/collect-answer.ts";
import { scriptedServer, type Script, type ScriptedServer } from "./testing/scripted-server.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function set(script: Script, options: LeanTransportOptions = {}): Promise<{ server: ScriptedServer; transport: LeanTransport }> {
  const server = await scriptedServer(script);
  const transport = new LeanTransport(options);
  open.push(server, transport);
  return { server, transport };
}

describe("connections", () => {
  const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  test("are reused one call after another", async () => {
    const { server, transport } = await set((socket) => socket.write(ok));
    for (let call = 0; call < 5; call++) expect((await collect(transport, { origin: server.origin }).over).body).toBe("ok");
    expect(server.connections()).toBe(1);
  });

  test.each([
    ["Connection: close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    ["bytes after the answer", `${ok}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`],
    ["a 204 that announces a body", "HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n"],
  ])("are not reused after %s", async (_what, bytes) => {
    const { server, transport } = await set((socket, _received, number) => socket.write(number === 1 ? bytes : ok));
    await collect(transport, { origin: server.origin }).over;
    expect((await collect(transport, { origin: server.origin }).over).body).toBe("ok");
    expect(server.connections()).toBe(2);
  });

  test("HTTP/1.0 with keep-alive is reused", async () => {
    const { server, transport } = await set((socket) => socket.write("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok"));
    for (let call = 0; call < 3; call++) await collect(transport, { origin: server.origin }).over;
    expect(server.connections()).toBe(1);
  });

  test("an answer that comes unasked is never taken for the next call's", async () => {
    const { server, transport } = await set((socket, _received, number) => {
      socket.write(ok);
      if (number === 1) setImmediate(() => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"));
    });
    await collect(transport, { origin: server.origin }).over;
    const [socket] = server.sockets;
    if (socket) await once(socket, "close");
    expect((await collect(transport, { origin: server.origin }).over).body).toBe("ok");
  });

  test("a stale one says that it was reused, and nothing is sent twice", async () => {
    let requests = 0;
    const { server, transport } = await set((socket, _received, number) => {
      requests = number;
      if (number === 1) socket.write(ok);
      else socket.destroy();
    });
    await collect(transport, { origin: server.origin }).over;
    expect((await collect(transport, { origin: server.origin, method: "POST" }).over).failure).toMatchObject({ kind: "reset", notSent: false, reusedConnection: true });
    expect(requests).toBe(2);
  });

  test("a fresh one is made when asked for", async () => {
    const { server, transport } = await set((socket) => socket.write(ok));
    await collect(transport, { origin: server.origin }).over;
    await collect(transport, { origin: server.origin, freshConnection: true }).over;
    expect(server.connections()).toBe(2);
  });

  test("are bounded, and calls wait for a free one", async () => {
    const { server, transport } = await set((socket) => setImmediate(() => socket.write(ok)), { maxConnectionsPerOrigin: 2 });
    const all = await Promise.all(Array.from({ length: 20 }, () => collect(transport, { origin: server.origin }).over));
    expect(all.map(({ body }) => body)).toEqual(Array.from({ length: 20 }, () => "ok"));
    expect(server.connections()).toBe(2);
  });

  test("the calls that wait are bounded too", async () => {
    const { server, transport } = await set(() => undefined, { maxConnectionsPerOrigin: 1, maxWaitingPerOrigin: 1 });
    const [, , refused] = Array.from({ length: 3 }, () => collect(transport, { origin: server.origin }));
    expect((await refused!.over).failure).toMatchObject({ kind: "connect-failure", notSent: true });
  });

  test("idle ones are closed in time, and earlier where the server says so", async () => {
    for (const [keepAliveMs, field] of [[50, ""], [60_000, "Keep-Alive: timeout=1\r\n"]] as const) {
      const { server, transport } = await set((socket) => socket.write(`HTTP/1.1 200 OK\r\n${field}Content-Length: 2\r\n\r\nok`), { keepAliveMs });
      const call = collect(transport, { origin: server.origin });
      await call.begun;
      const [socket] = server.sockets;
      await Promise.all([once(socket as Socket, "close"), call.over]);
    }
  });

  test("that cannot be made are said to have sent nothing", async () => {
    const { server, transport } = await set(() => undefined);
    await server.close();
    open.splice(open.indexOf(server), 1);
    expect((await collect(transport, { origin: server.origin, method: "POST" }).over).failure).toMatchObject({ kind: "connect-failure", notSent: true, reusedConnection: false });
  });
});

describe("TLS", () => {
  const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  async function secure(options: LeanTransportOptions): Promise<{ server: ScriptedServer; transport: LeanTransport; origin: string }> {
    const server = await scriptedServer((socket) => socket.write(ok), (onSocket) => createTlsServer({ cert: certificate, key: privateKey }, onSocket));
    const transport = new LeanTransport(options);
    open.push(server, transport);
    return { server, transport, origin: `https://127.0.0.1:${server.port}` };
  }

  test("carries calls to a server whose authority is believed, and reuses the connection", async () => {
    const { server, transport, origin } = await secure({ certificateAuthorities: certificate });
    for (let call = 0; call < 3; call++) expect((await collect(transport, { origin }).over).body).toBe("ok");
    expect(server.connections()).toBe(1);
  });

  test("sends nothing to a server whose authority is not", async () => {
    const { transport, origin } = await secure({});
    expect((await collect(transport, { origin }).over).failure).toMatchObject({ kind: "connect-failure", notSent: true });
  });
});

describe("requests", () => {
  const echo: Script = (socket, received) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${received.length}\r\n\r\n${received}`, "latin1");

  test("carry their fields, and a held body with its length", async () => {
    const { server, transport } = await set(echo);
    const { body } = await collect(transport, { origin: server.origin, method: "POST", path: "/a?b=%20", rawHeaders: ["Host", "h", "X", "vé"], body: Buffer.from("hello") }).over;
    expect(body).toBe("POST /a?b=%20 HTTP/1.1\r\nHost: h\r\nX: vé\r\nContent-Length: 5\r\n\r\nhello");
  });

  test("a body of any size arrives whole", async () => {
    const { server, transport } = await set(echo);
    const text = "0123456789".repeat(30_000);
    expect((await collect(transport, { origin: server.origin, method: "PUT", body: Buffer.from(text) }).over).body).toContain(`Content-Length: 300000\r\n\r\n${text}`);
  });

  test("a streamed body of unknown length goes in chunks, of known length as it is", async () => {
    const { server, transport } = await set(echo);
    const chunked = new PassThrough();
    const first = collect(transport, { origin: server.origin, method: "POST", body: chunked });
    chunked.write("abc");
    chunked.end("defg");
    expect((await first.over).body).toMatch(/Transfer-Encoding: chunked\r\n\r\n(?:3\r\nabc\r\n4\r\ndefg|7\r\nabcdefg)\r\n0\r\n\r\n$/);
    const sized = new PassThrough();
    const second = collect(transport, { origin: server.origin, method: "POST", rawHeaders: ["Host", "h", "Content-Length", "7"], body: sized });
    sized.end("abcdefg");
    expect((await second.over).body).toMatch(/Content-Length: 7\r\n\r\nabcdefg$/);
  });

  test.each([
    ["method", { method: "GET /admin HTTP/1.1\r\nX:" }],
    ["path", { path: "/ HTTP/1.1\r\nHost: evil" }],
    ["field name", { rawHeaders: ["X\r\nY", "v"] }],
    ["field value", { rawHeaders: ["X", "v\r\nY: w"] }],
    ["field value beyond latin1", { rawHeaders: ["X", "\u010d\u010a"] }],
    ["Transfer-Encoding", { rawHeaders: ["Transfer-Encoding", "chunked"] }],
    ["Content-Length that is wrong", { rawHeaders: ["Content-Length", "3"], body: Buffer.from("four") }],
  ])("with a %s that would break the framing is never sent", async (_what, request) => {
    let requests = 0;
    const { server, transport } = await set(() => requests++);
    expect((await collect(transport, { origin: server.origin, ...request }).over).failure).toMatchObject({ kind: "protocol", notSent: true });
    expect(requests + server.connections()).toBe(0);
  });

  test.each([["shorter", "abc"], ["longer", "abcdefghij"]])("a streamed body %s than its length ends the connection", async (_what, text) => {
    const { server, transport } = await set(() => undefined);
    const body = new PassThrough();
    const call = collect(transport, { origin: server.origin, method: "POST", rawHeaders: ["Host", "h", "Content-Length", "7"], body });
    body.end(text);
    expect((await call.over).failure).toMatchObject({ kind: "aborted" });
    for (const socket of server.sockets) await once(socket, "close");
  });

  test("an answer before the request's end is complete, and the connection not reused", async () => {
    const { server, transport } = await set(() => undefined);
    const body = new PassThrough();
    const call = collect(transport, { origin: server.origin, method: "POST", body });
    body.write("a beginning");
    while (server.sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
    const [socket] = server.sockets as unknown as [Socket];
    socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
    expect(await call.over).toMatchObject({ body: "no", failure: null });
    await once(socket, "close");
    expect(body.destroyed).toBe(false);
  });
});

describe("control", () => {
  test("an abort cuts the connection and fails the call, at every stage", async () => {
    const { server, transport } = await set((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
    const early = collect(transport, { origin: server.origin });
    early.sending.abort();
    expect((await early.over).failure).toMatchObject({ kind: "aborted", notSent: true });
    const late = collect(transport, { origin: server.origin });
    await late.begun;
    const [socket] = server.sockets as unknown as [Socket];
    late.sending.abort();
    expect((await late.over).failure).toMatchObject({ kind: "aborted", notSent: false });
    if (!socket.destroyed) await once(socket, "close");
  });

  test("an abort in the turn of its request sends nothing, not even on a connection that stands", async () => {
    let requests = 0;
    const { server, transport } = await set((socket, _received, number) => {
      requests = number;
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    await collect(transport, { origin: server.origin }).over;
    const [socket] = server.sockets as unknown as [Socket];
    const aborted = collect(transport, { origin: server.origin, method: "POST" });
    aborted.sending.abort();
    expect((await aborted.over).failure).toMatchObject({ kind: "aborted", notSent: true });
    if (!socket.destroyed) await once(socket, "close");
    expect(requests).toBe(1);
  });

  test("an abort after the end does not touch the connection's next call", async () => {
    const { server, transport } = await set((socket, _received, number) => {
      if (number === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      else setImmediate(() => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext"));
    });
    const first = collect(transport, { origin: server.origin });
    await first.over;
    const second = collect(transport, { origin: server.origin });
    first.sending.abort();
    first.sending.resume();
    expect((await second.over).body).toBe("next");
    expect(server.connections()).toBe(1);
  });

  test("a paused answer stops the upstream, and goes on when resumed", async () => {
    const total = 32 * 1024 * 1024;
    let written = 0;
    const { server, transport } = await set((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
      const piece = Buffer.alloc(64 * 1024, "x");
      const pump = () => {
        while (written < total) {
          written += piece.length;
          if (!socket.write(piece)) return void socket.once("drain", pump);
        }
      };
      pump();
    });
    const call = collect(transport, { origin: server.origin });
    call.pausing = true;
    await call.begun;
    // The kernel's buffers fill, then nothing moves any more.
    for (let before = -1; before !== written; ) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(written).toBeLessThan(total);
    call.pausing = false;
    call.sending.resume();
    expect((await call.over).body.length).toBe(total);
  });

  test("time limits end a call that waits too long for a first byte or for more", async () => {
    const { server, transport } = await set((socket, _received, number) => number === 2 && socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
    const timeouts = { connectMs: 1_000, firstByteMs: 100, idleMs: 100 };
    expect((await collect(transport, { origin: server.origin, timeouts }).over).failure).toMatchObject({ kind: "timeout-first-byte", notSent: false });
    expect((await collect(transport, { origin: server.origin, timeouts }).over).failure).toMatchObject({ kind: "timeout-idle", notSent: false });
  });
});
