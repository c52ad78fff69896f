/** The one program of the acceptance run, with a service for each way of guarding, and its callers. */
import { request } from "node:http";
import { type Parley, startParley } from "../../harness/start-parley.ts";
import { type SpecifiedUpstream, startSpecifiedUpstream } from "./specified-upstream.ts";

export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  json: Record<string, unknown>;
  etag: string;
}

export interface Asked {
  /** Without one: ann's. Null for nobody's. */
  who?: "ann" | "bob" | null;
  headers?: Record<string, string | string[]>;
  /** Text as it is, all else as JSON. */
  body?: unknown;
}

export interface Scene extends AsyncDisposable {
  upstream: SpecifiedUpstream;
  parley: Parley;
  call(method: string, path: string, asked?: Asked): Promise<Answered>;
  tag(path: string, who?: Asked["who"]): Promise<string>;
  admin(path: string): Promise<Record<string, unknown> & { items: Record<string, unknown>[] }>;
}

const keyOf = (who: string): string => `${who}-key-0123456789`;

function configuration(url: string): string {
  const service = (name: string, kind: string, conflict: string, more = ""): string =>
    `  ${name}: { path: /${name}, upstream: { targets: [{ url: "${url}/${kind}" }], timeouts: { firstByte: 2s } }, conflict: { ${conflict} }${more} }\n`;
  return `services:
  watched: { path: /watched, upstream: { targets: [{ url: "${url}/plain/watched" }] } }
  public: { path: /public, access: open, upstream: { targets: [{ url: "${url}/plain/public" }] } }
${service("off", "plain/off", "mode: off")}${service("notes", "plain/notes", "mode: require, maxBody: 64KiB")}${service("lax", "plain/lax", "mode: enforce, locks: { delay: 1s }")}\
${service("strong", "strong/s", "mode: require")}${service("weak", "weak/w", "mode: require")}${service("dated", "dated/d", "mode: require")}${service("coded", "coded/c", "mode: require")}\
${service("merging", "plain/merging", "mode: require, strategy: merge, merge: { forbid: [/balance] }")}\
${service("busy", "plain/busy", "mode: enforce, busy: [{ status: 409, body: InProgress }], idempotency: { require: [POST] }")}\
${service("open", "plain/open", "mode: require", ", access: open")}\
${service("versions", "plain/v2", "mode: require", `, versions: { select: { by: header, name: API-Version, default: v2 }, list: { v1: { upstream: { targets: [{ url: "${url}/plain/v1" }] } }, v2: {} } }`)}\
consumers:
  ann: { keys: [{ name: default, secret: ${keyOf("ann")} }] }
  bob: { keys: [{ name: default, secret: ${keyOf("bob")} }] }
`;
}

export async function startScene(): Promise<Scene> {
  const upstream = await startSpecifiedUpstream();
  const parley = await startParley({ yaml: configuration(upstream.url) }).catch(async (error: unknown) => {
    await upstream.close();
    throw error;
  });
  const call = (method: string, path: string, asked: Asked = {}): Promise<Answered> => send(parley.gatewayUrl, { method, path, ...asked });
  return {
    upstream, parley, call,
    tag: async (path, who) => (await call("GET", path, who === undefined ? {} : { who })).etag,
    admin: async (path) => (await (await parley.admin(path)).json()) as Awaited<ReturnType<Scene["admin"]>>,
    [Symbol.asyncDispose]: async () => {
      await parley[Symbol.asyncDispose]();
      await upstream.close();
    },
  };
}

/** With Node's own client, which sends a field as often and as spelled as it is told. */
function send(url: string, { method, path, who = "ann", headers = {}, body }: Asked & { method: string; path: string }): Promise<Answered> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const own = { ...(who === null ? {} : { "x-api-key": keyOf(who) }), ...(text === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }) };
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, method, path, headers: { ...own, ...headers } }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => {
        const said = new Headers();
        for (let at = 0; at < response.rawHeaders.length; at += 2) said.append(response.rawHeaders[at] as string, response.rawHeaders[at + 1] as string);
        const whole = Buffer.concat(pieces).toString();
        resolve({ status: response.statusCode ?? 0, headers: said, text: whole, json: whole.startsWith("{") ? (JSON.parse(whole) as Record<string, unknown>) : {}, etag: said.get("etag") ?? "" });
      });
    });
    sent.on("error", reject);
    sent.end(text);
  });
}
