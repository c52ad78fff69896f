/** What receivers get, over real sockets, and which are never spoken to. */
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { channel } from "@parley/contract/config/channels";
import { afterEach, describe, expect, test } from "vitest";
import type { z } from "zod";
import { refusalOfAddress } from "./allowed-address.ts";
import { textOf, type AlertMessage } from "./message.ts";
import { send, type Sent } from "./send.ts";
import { slackBody } from "./shapes/slack.ts";
import { teamsBody } from "./shapes/teams.ts";

const at = Date.parse("2026-11-22T10:00:00Z");
const news = { alert: "spike", state: "firing", severity: "warning", metric: "conflict_rate", service: "notes", since: at, at, value: 0.2, reason: "Conflict rate of notes: 20 % <!channel> & more", description: "Who writes twice?", query: "at:1..2 cause:*", link: "http://console.example/calls?q=cause%3A*&from=1&to=2" } as const;
const message: AlertMessage = { id: "0123456789abcdef", at, channel: "ops", alerts: [news] };

let servers: { close: () => void }[] = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

interface Got {
  headers: IncomingHttpHeaders;
  text: string;
}

/** A receiver that answers with these, one after the other. */
async function receiver(...answers: [status: number, headers?: Record<string, string>][]): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = [];
  const server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (piece) => (text += String(piece)));
    request.on("end", () => {
      const [status, headers] = answers[got.length] ?? [204];
      got.push({ headers: request.headers, text });
      response.writeHead(status, headers).end(`said ${status}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=1`, got };
}

function over(written: z.input<typeof channel>, allowPrivate = true): Promise<Sent> {
  return send(channel.parse(written), message, { allowPrivate, now: at + 1_500 });
}

test("an end says from when to when it fired, in words and in the shapes that have any", () => {
  const ended = { ...news, state: "resolved", at: at + 62_000 } as const;
  const times = "from 2026-11-22T10:00:00.000Z to 2026-11-22T10:01:02.000Z";
  expect(textOf(ended).split("\n")).toContain(times);
  for (const shape of [slackBody, teamsBody]) expect(JSON.stringify(shape({ ...message, alerts: [ended] }))).toContain(`warning, ${times}`);
});

describe("a webhook", () => {
  test("gets the message with its id, its time and a signature over both", async () => {
    const { url, got } = await receiver([200]);
    expect(await over({ webhook: url, secret: "a long secret", headers: { "X-Team": "ops" } })).toEqual({ delivered: true, status: 200, detail: "said 200" });
    const [{ headers, text }] = got as [Got];
    expect(JSON.parse(text)).toEqual(message);
    expect(headers).toMatchObject({ "idempotency-key": message.id, "parley-notification-id": message.id, "parley-timestamp": String(at / 1_000 + 1), "x-team": "ops" });
    expect(headers["parley-signature"]).toBe(`v1=${createHmac("sha256", "a long secret").update(`${at / 1_000 + 1}.${text}`).digest("hex")}`);
  });

  test("is not followed elsewhere, and what it says is told", async () => {
    const elsewhere = await receiver([200]);
    const { url } = await receiver([302, { Location: elsewhere.url }], [503]);
    expect(await over({ webhook: url })).toMatchObject({ delivered: false, status: 302 });
    expect(await over({ webhook: url })).toEqual({ delivered: false, status: 503, detail: "said 503" });
    expect(elsewhere.got).toEqual([]);
    expect(await over({ webhook: "http://127.0.0.1:1/" })).toMatchObject({ delivered: false, status: null, detail: expect.stringContaining("ECONNREFUSED") as string });
  });

  test("at a private address is not spoken to unless that is meant, by name or by number", async () => {
    const { url, got } = await receiver([200]);
    for (const target of [url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "[::ffff:127.0.0.1]")]) {
      expect(await over({ webhook: target }, false)).toMatchObject({ delivered: false, status: null, detail: expect.stringContaining("private: true") as string });
    }
    expect(got).toEqual([]);
    for (const metadata of ["http://169.254.169.254/latest", "http://[fe80::1]/", "http://0.0.0.0:80/"]) {
      expect(await over({ webhook: metadata }, true)).toMatchObject({ delivered: false, detail: expect.stringContaining("messages never go to") as string });
    }
  });
});

test("addresses of the world are allowed, those of the house when it is meant, and some never", () => {
  const answers = (address: string): boolean[] => [false, true].map((allowPrivate) => refusalOfAddress(address, { allowPrivate }) === null);
  for (const address of ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"]) expect([address, answers(address)]).toEqual([address, [true, true]]);
  for (const address of ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd12::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"]) expect([address, answers(address)]).toEqual([address, [false, true]]);
  for (const address of ["169.254.169.254", "fe80::1", "ff02::1", "224.0.0.1", "0.0.0.0", "::", "255.255.255.255", "::ffff:169.254.169.254"]) expect([address, answers(address)]).toEqual([address, [false, false]]);
});

test("Slack gets blocks in which nothing of a call can mention or link", async () => {
  const { url, got } = await receiver([200]);
  await over({ slack: url });
  const body = JSON.parse(got[0]?.text ?? "") as { text: string; blocks: { type: string; text?: { text: string; verbatim?: boolean }; elements?: { url: string }[] }[] };
  expect(body.text).toBe("Firing: spike");
  expect(body.blocks.map(({ type }) => type)).toEqual(["header", "section", "actions"]);
  expect(body.blocks[1]?.text?.text).toContain("Conflict rate of notes: 20 % &lt;!channel&gt; &amp; more\nWho writes twice?");
  expect(body.blocks[1]?.text?.verbatim).toBe(true);
  expect(body.blocks[2]?.elements?.[0]?.url).toBe(news.link);
});

test("Slack gets no link that is too long for it, but one that leads on", async () => {
  const { url, got } = await receiver([200]);
  const long = { ...message, alerts: [{ ...news, link: `http://console.example/calls?q=${"a".repeat(3_000)}` }] };
  await send(channel.parse({ slack: url }), long, { allowPrivate: true, now: at });
  expect(got[0]?.text).toContain('"url":"http://console.example/alerts/spike"');
});

test("Teams gets an adaptive card with the figures and a button", async () => {
  const { url, got } = await receiver([202]);
  expect(await over({ teams: url })).toMatchObject({ delivered: true });
  const body = JSON.parse(got[0]?.text ?? "") as { attachments: { contentType: string; content: { body: { inlines: { text: string }[] }[]; actions: { url: string }[] } }[] };
  expect(body.attachments[0]?.contentType).toBe("application/vnd.microsoft.card.adaptive");
  expect(body.attachments[0]?.content.body.map(({ inlines }) => inlines[0]?.text)).toEqual(["Firing: spike", news.reason, news.description, "warning, since 2026-11-22T10:00:00.000Z"]);
  expect(body.attachments[0]?.content.actions[0]?.url).toBe(news.link);
});

test("PagerDuty gets one incident that its end resolves", async () => {
  const { url, got } = await receiver([202], [202]);
  const pagerduty = channel.parse({ pagerduty: { routingKey: "key", url } });
  await send(pagerduty, message, { allowPrivate: true, now: at });
  await send(pagerduty, { ...message, alerts: [{ ...news, state: "resolved", at: at + 1 }] }, { allowPrivate: true, now: at });
  const [begin, end] = got.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
  expect(begin).toMatchObject({ routing_key: "key", event_action: "trigger", payload: { severity: "warning", source: "notes", summary: expect.stringContaining("Firing: spike") as string }, links: [{ href: news.link }] });
  expect(end).toMatchObject({ event_action: "resolve", dedup_key: begin?.["dedup_key"] });
});

test("a mail goes to everybody, with the same id at every attempt", async () => {
  const server = await mailServer();
  const email: NonNullable<z.input<typeof channel>["email"]> = { to: ["a@example.com", "b@example.com"], from: "parley@example.com", host: "127.0.0.1", port: server.port, security: "none" };
  expect(await over({ email })).toMatchObject({ delivered: true, detail: expect.stringContaining("taken") as string });
  expect(server.commands.filter((line) => line.startsWith("RCPT"))).toHaveLength(2);
  expect(server.mail()).toContain("Subject: [Parley] Firing: spike");
  expect(server.mail()).toContain(`Message-ID: <${message.id}@example.com>`);
  expect(server.mail()).toContain("Auto-Submitted: auto-generated");
  expect(server.mail()).toContain(news.link);
  expect(await over({ email: { ...email, security: "starttls" } })).toMatchObject({ delivered: false, detail: expect.stringMatching(/tls/i) as string });
  expect(await over({ email }, false)).toMatchObject({ delivered: false, detail: expect.stringContaining("private: true") as string });
});

/** As little of SMTP (RFC 5321) as takes a mail. */
async function mailServer(): Promise<{ port: number; commands: string[]; mail: () => string }> {
  const commands: string[] = [];
  let mail = "";
  const server = createTcpServer((socket) => {
    let inData = false;
    socket.on("error", () => undefined);
    socket.write("220 here\r\n");
    socket.on("data", (bytes) => {
      for (const line of bytes.toString("utf8").split("\r\n").filter((one) => inData || one !== "")) {
        if (inData) {
          if (line === ".") {
            inData = false;
            socket.write("250 taken\r\n");
          } else mail += `${line}\n`;
          continue;
        }
        commands.push(line);
        inData = line === "DATA";
        socket.write(line === "DATA" ? "354 go on\r\n" : line === "QUIT" ? "221 bye\r\n" : line.startsWith("STARTTLS") ? "502 no TLS\r\n" : "250 fine\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return { port: (server.address() as AddressInfo).port, commands, mail: () => mail };
}
