/** nghttp2's load generator, a client that is not ours: many streams of many connections, over TLS and in the clear, and none is lost. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { type CertificatesUnderTest, makeCertificates } from "../../packages/gateway/src/main/certificates-under-test.ts";
import { startEcho } from "../harness/echo-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

/** Debian's package `nghttp2-client` has it, and `./parley test` installs it. */
const program = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "h2load")).find((path) => existsSync(path));
const requests = 300;
const body = "0123456789abcdef".repeat(1_250);

/** What it prints in the end: the protocol, how many calls succeeded and failed, and their statuses. */
async function load(args: readonly string[]): Promise<string> {
  const child = spawn(program ?? "", [`--requests=${requests}`, "--clients=6", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  await once(child, "close");
  return output;
}

function expectAllAnswered(output: string, protocol: string): void {
  expect(output).toContain(`Application protocol: ${protocol}`);
  expect(output).toContain(`requests: ${requests} total, ${requests} started, ${requests} done, ${requests} succeeded, 0 failed, 0 errored, 0 timeout`);
  expect(output).toContain(`status codes: ${requests} 2xx, 0 3xx, 0 4xx, 0 5xx`);
}

async function countedCalls(parley: Parley): Promise<number> {
  const metrics = await (await parley.admin("/metrics")).text();
  return [...metrics.matchAll(/^parley_calls_total\{[^}]*service="echo"[^}]*\} (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

function certified(certificates: CertificatesUnderTest): string {
  certificates.issue("root", { authority: true });
  certificates.issue("main", { by: "root", names: "DNS:localhost,IP:127.0.0.1" });
  return `gateway: { tls: { cert: ${certificates.cert("main")}, key: ${certificates.key("main")} } }`;
}

test.skipIf(!program).each([
  { over: "TLS", gateway: certified, protocols: ["h2", "http/1.1"] },
  { over: "plain TCP", gateway: () => "gateway: {}", protocols: ["h2c", "http/1.1"] },
])("h2load has every call answered and counted over $over, bodies whole", async ({ gateway, protocols }) => {
  const certificates = makeCertificates();
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: `${gateway(certificates)}\nservices: { echo: { path: /echo, access: open, upstream: { targets: [{ url: "${echo.url}" }] } } }\n` });
  const file = join(parley.dataDirectory, "body");
  writeFileSync(file, body);
  for (const protocol of protocols) {
    const how = protocol === "http/1.1" ? ["--h1"] : ["--max-concurrent-streams=20"];
    expectAllAnswered(await load([...how, `${parley.gatewayUrl}/echo/read`]), protocol);
    expectAllAnswered(await load([...how, `--data=${file}`, `${parley.gatewayUrl}/echo/write`]), protocol);
  }
  const written = echo.requests.filter(({ url }) => url === "/write");
  expect(written).toHaveLength(protocols.length * requests);
  expect(written.filter((request) => request.method !== "POST" || request.body !== body)).toEqual([]);
  expect(echo.requests).toHaveLength(protocols.length * 2 * requests);
  await eventually(async () => (await countedCalls(parley)) === protocols.length * 2 * requests);
  certificates.remove();
}, 60_000);
