/** The console and the admin API over HTTPS: what people are shown, what the command line believes, and a renewal while it runs. */
import { readFileSync, writeFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request, type RequestOptions } from "node:https";
import { dirname, join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { expect, test } from "vitest";
import { makeCertificates } from "../../packages/gateway/src/main/certificates-under-test.ts";
import { eventually } from "../harness/eventually.ts";
import { parleyCommand } from "../harness/run-command.ts";
import { startParley } from "../harness/start-parley.ts";

const longEnough = { timeout: 240_000 };

interface Got {
  status: number;
  headers: Record<string, unknown>;
  text: string;
}

function ask(url: string, options: RequestOptions, { body, send = request }: { body?: string; send?: typeof request } = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = send(url, { agent: false, ...options }, (answer) => {
      let text = "";
      answer.on("data", (piece) => (text += String(piece)));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

test("the admin port speaks HTTPS and nothing else, and its certificate is renewed while it runs", longEnough, async () => {
  const certificates = makeCertificates();
  certificates.issue("root", { authority: true });
  certificates.issue("console", { by: "root", names: "DNS:localhost,DNS:parley.test,IP:127.0.0.1" });
  certificates.issue("renewed", { by: "root", names: "DNS:localhost,IP:127.0.0.1" });
  certificates.issue("elsewhere", { by: "root", names: "DNS:console.example" });
  const [cert, key, ca] = [certificates.cert("console"), certificates.key("console"), readFileSync(certificates.cert("root"))];
  await using parley = await startParley({ yaml: `admin: { names: [parley.test], tls: { cert: ${cert}, key: ${key} } }\n` });
  const cli = async (args: string[], environment: Record<string, string> = {}): Promise<{ code: number; output: string }> => {
    const { status, out, error } = await parleyCommand(args, environment);
    return { code: status, output: out + error };
  };
  try {
    expect(parley.adminUrl).toMatch(/^https:/);
    expect(parley.output()).toContain(`${parley.adminUrl}/`);
    const asked = { ca, headers: { authorization: `Bearer ${parley.adminToken}` } };
    const status = await ask(`${parley.adminUrl}/api/status`, asked);
    expect([status.status, JSON.parse(status.text)]).toEqual([200, expect.objectContaining({ adminUrl: parley.adminUrl })]);
    expect(status.headers["strict-transport-security"]).toBeUndefined();
    expect((await ask(`${parley.adminUrl}/healthz`, { ca, headers: { host: "parley.test" } })).headers["strict-transport-security"]).toBe("max-age=31536000");

    const plain = await ask(parley.adminUrl.replace("https:", "http:"), asked, { send: plainRequest });
    expect([plain.status, JSON.parse(plain.text)]).toEqual([400, expect.objectContaining({ code: "https-only", fix: expect.stringContaining("https://") })]);

    const token = /Sign in, once\s+https:\S+#token=(\S+)/.exec(parley.output())?.[1] ?? "";
    const signedIn = await ask(`${parley.adminUrl}/api/session/link`, { method: "POST", ca, headers: { "content-type": "application/json" } }, { body: JSON.stringify({ token, name: "ana", password: "a long enough password" }) });
    expect([signedIn.status, signedIn.headers["set-cookie"]]).toEqual([200, [expect.stringMatching(/^__Host-parley=.*; Secure$/)]]);

    // On the machine itself without any word, from elsewhere only with the authority.
    expect((await cli(["status", "--data", parley.dataDirectory])).code).toBe(0);
    const elsewhere = ["status", "--admin", parley.adminUrl, "--token", parley.adminToken];
    expect((await cli(elsewhere)).code).not.toBe(0);
    expect((await cli([...elsewhere, "--ca", certificates.cert("root")])).code).toBe(0);
    expect((await cli(elsewhere, { PARLEY_ADMIN_CA: certificates.cert("root") })).code).toBe(0);
    expect((await cli([...elsewhere, "--ca", `${cert}.absent`])).output).toContain("cannot be read");
    expect((await cli(["doctor", "--data", parley.dataDirectory])).output).toMatch(/admin API accepts the token/);

    const before = await shown(parley.adminUrl);
    certificates.replace("console", "renewed");
    await eventually(async () => (await shown(parley.adminUrl)).fingerprint256 !== before.fingerprint256, { withinMs: 30_000 });
    expect((await ask(`${parley.adminUrl}/healthz`, { ca })).status).toBe(200);
    // For a name that is not this machine's: the command line on it goes by the certificate alone.
    certificates.replace("console", "elsewhere");
    await eventually(async () => (await shown(parley.adminUrl)).subjectaltname === "DNS:console.example", { withinMs: 30_000 });
    expect((await cli(["status", "--data", parley.dataDirectory])).code).toBe(0);
  } finally {
    certificates.remove();
  }
});

test("a certificate that is not its key's ends the start, and says so", longEnough, async () => {
  const certificates = makeCertificates();
  certificates.issue("one", {});
  certificates.issue("other", {});
  const folder = dirname(certificates.cert("one"));
  writeFileSync(join(folder, "parley.yaml"), `admin: { tls: { cert: one.pem, key: other.key } }\n`);
  const { status, error } = await parleyCommand(["up", "--gateway-port", "0", "--admin-port", "0", "--data", "data", "--config", "parley.yaml"], {}, folder);
  certificates.remove();
  expect(error).toContain("certificate-unusable");
  expect(status).toBeGreaterThan(0);
});

function shown(url: string): Promise<PeerCertificate> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
