import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { OutgoingRequest } from "../../upstreams/transport.ts";
import { LeanTransport } from "../../upstreams/lean/lean-transport.ts";
import { startProvider } from "../testing/fake-provider.ts";
import type { Respond } from "../testing/fake-provider.ts";
import { fetchLines } from "./fetch-lines.ts";
import type { LineReading } from "./fetch-lines.ts";

const text = (body: string, status = 200): Respond => (_call, response) => void response.writeHead(status).end(body);

async function read(respond: Respond, change: Partial<LineReading> = {}): Promise<{ outcome: string | number; lines: string[] }> {
  const provider = await startProvider(respond);
  const transport = new LeanTransport();
  onTestFinished(async () => {
    await transport.close();
    await provider[Symbol.asyncDispose]();
  });
  const request: OutgoingRequest = { origin: provider.url, method: "GET", path: "/", rawHeaders: ["Host", "localhost"], body: null, timeouts: { connectMs: 10_000, firstByteMs: 10_000, idleMs: 10_000 } };
  const lines: string[] = [];
  const outcome = await fetchLines(transport, request, { maxLineBytes: 1000, maxBytes: 10_000_000, withinMs: 30_000, take: (line) => void lines.push(line), between: () => Promise.resolve(), onGone: () => {}, ...change });
  return { outcome, lines };
}

describe("lines that are fetched", () => {
  it("are all looked at, whatever the line ends, the last one too", async () => {
    expect(await read(text("a\nb\r\nc"))).toEqual({ outcome: "complete", lines: ["a", "b", "c"] });
  });

  it("are let go of where one is too long, or all of them are", async () => {
    expect((await read(text("x".repeat(2000)))).outcome).toBe("too-long");
    expect((await read(text("x\n".repeat(2000)), { maxBytes: 1000 })).outcome).toBe("too-long");
  });

  it("are let go of at once when nobody waits for them any more, before the first of them too", async () => {
    const hanging: Respond = (_call, response) => void response.writeHead(200).write("a\n");
    const come = Promise.withResolvers<void>();
    expect(await read(hanging, { take: () => come.resolve(), onGone: (stop) => void come.promise.then(stop) })).toEqual({ outcome: "gone", lines: [] });
    expect(await read(() => {}, { onGone: (stop) => stop() })).toEqual({ outcome: "gone", lines: [] });
  });

  it("are not those of an error, and not those of an answer that breaks off", async () => {
    expect(await read(text("a\nb\n", 403))).toEqual({ outcome: 403, lines: [] });
    expect((await read((_call, response) => {
      response.writeHead(200, { "content-length": "100" }).write("a\n", () => response.socket?.resetAndDestroy());
    })).outcome).toBe("nothing");
  });

  it("end with what looking at one throws, or what is found out between them", async () => {
    const refused = new Error("no");
    await expect(read(text("a\nb\n"), { take: () => { throw refused; } })).rejects.toBe(refused);
    await expect(read(text("a\nb\n"), { between: () => Promise.reject(refused) })).rejects.toBe(refused);
    await expect(read(text("a\nb"), { take: (line) => { if (line === "b") throw refused; } })).rejects.toBe(refused);
  });

  it("come no faster than they are looked at", async () => {
    const line = `${"x".repeat(900)}\n`;
    let unread = 0;
    let most = 0;
    const { outcome, lines } = await read(text(line.repeat(3000)), {
      between: async () => {
        most = Math.max(most, (unread += 1));
        await delay(1);
        unread -= 1;
      },
    });
    expect([outcome, lines.length - 1]).toEqual(["complete", 3000]);
    expect(most).toBeLessThanOrEqual(2);
  });
});
