/** For tests: an upstream that keeps documents and has a `$batch` of multipart/mixed, whose changesets it carries out all or none. It compares nothing by itself. */
import { STATUS_CODES, type ServerResponse } from "node:http";
import { type Answered, type Guarded, startGuarded } from "../../testing/guarded-upstream.ts";
import { type PartAnswer, readAnswer } from "./http-message.ts";
import { boundaryOf, readParts } from "../../../../exchange/mime-parts.ts";
import { contentId, isChangeset, type PartsBatch, readPartsBatch, type RequestPart } from "./parts-batch.ts";
import { headBytes, multipart } from "./write-parts.ts";

export interface Odata extends Guarded {
  /** The batches that reached the upstream, as text. */
  batches: string[];
  /** Called before a batch is carried out; true where it has answered itself. */
  before: ((response: ServerResponse, batch: PartsBatch) => boolean | Promise<boolean>) | null;
  /** What a request is refused with; null carries it out. */
  refuse: (part: RequestPart) => number | null;
  send: (parts: readonly (string | readonly string[])[], init?: { key?: string; headers?: Record<string, string> }) => Promise<SentAnswer>;
  tag: (id: string, key?: string) => Promise<string>;
}

export interface SentAnswer extends Answered {
  /** Of each part, and of each part of a changeset in a list of its own. */
  parts: (SaidPart | SaidPart[])[];
}

export interface SaidPart {
  id: string | null;
  status: number;
  headers: Record<string, string>;
  text: string;
  problem: Record<string, unknown>;
}

export const inParts = { path: "/$batch", format: "multipart" } as const;

export async function startOdata(settings: Parameters<typeof startGuarded>[0] = { mode: "require" }): Promise<Odata> {
  const guarded = await startGuarded({ batches: [inParts] as never, ...settings });
  const odata: Odata = Object.assign(guarded, {
    batches: [] as string[], before: null, refuse: () => null,
    send: async (parts: readonly (string | readonly string[])[], init: { key?: string; headers?: Record<string, string> } = {}) => {
      const answer = await guarded.call("POST", "/notes/$batch", { ...init, headers: { "content-type": "multipart/mixed; boundary=b", ...init.headers }, body: batchText(parts) });
      return { ...answer, parts: saidParts(answer) };
    },
    tag: async (id: string, key?: string) => (await guarded.call("GET", `/notes/${id}`, key === undefined ? {} : { key })).etag,
  });
  guarded.interfere = (request, response, body) => request.method === "POST" && request.url === "/$batch" && carryOut(odata, response, { body, type: String(request.headers["content-type"]) });
  return odata;
}

/** A request as the text of a part. */
export function part(line: string, fields: Record<string, string> = {}, { body, id }: { body?: unknown; id?: string } = {}): string {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const head = Object.entries({ ...(text === "" ? {} : { "Content-Type": "application/json" }), ...fields }).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${id === undefined ? "" : `Content-ID: ${id}\r\n`}\r\n${line} HTTP/1.1\r\n${head}\r\n${text}`;
}

export function batchText(parts: readonly (string | readonly string[])[]): string {
  const texts = parts.map((text, index) => (typeof text === "string" ? text : `Content-Type: multipart/mixed; boundary=c${index}\r\n\r\n${text.map((member) => `--c${index}\r\n${member}\r\n`).join("")}--c${index}--`));
  return `${texts.map((text) => `--b\r\n${text}\r\n`).join("")}--b--\r\n`;
}

function saidParts(answer: Answered): SentAnswer["parts"] {
  const boundary = boundaryOf(answer.headers.get("content-type") ?? "");
  return boundary === null ? [] : saidIn(Buffer.from(answer.text), boundary);
}

function saidIn(bytes: Buffer, boundary: string): SentAnswer["parts"] {
  const parts = readParts(bytes, boundary, "lenient");
  if (typeof parts === "string") throw new Error(`the answer ${parts}`);
  return parts.map((mime) => {
    const nested = boundaryOf(mime.rawHeaders[mime.rawHeaders.findIndex((name) => name.toLowerCase() === "content-type") + 1] ?? "");
    if (nested !== null) return saidIn(mime.content, nested).flat();
    const { status, rawHeaders, body } = readAnswer(mime.content) as PartAnswer;
    const headers = Object.fromEntries(rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] as string]] : [])));
    const text = body.toString();
    return { id: contentId(mime), status, headers, text, problem: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {} };
  });
}

async function carryOut(odata: Odata, response: ServerResponse, { body, type }: { body: string; type: string }): Promise<true> {
  odata.batches.push(body);
  const batch = readPartsBatch(Buffer.from(body), type);
  if (typeof batch === "string") throw new Error(`the gateway sent a batch that ${batch}`);
  if ((await odata.before?.(response, batch)) === true) return true;
  const parts = batch.parts.map((asked) => {
    if (!isChangeset(asked)) return written(asked, odata.refuse(asked) ?? apply(odata, asked));
    const failed = asked.members.find((member) => odata.refuse(member) !== null);
    if (failed !== undefined) return written(failed, odata.refuse(failed) as number);
    return Buffer.concat([headBytes(["Content-Type", "multipart/mixed; boundary=cr"]), multipart("cr", asked.members.map((member) => written(member, apply(odata, member))))]);
  });
  response.writeHead(200, { "Content-Type": "multipart/mixed; boundary=r" }).end(multipart("r", parts));
  return true;
}

function written({ mime }: RequestPart, status: number): Buffer {
  const id = contentId(mime);
  return Buffer.concat([headBytes(["Content-Type", "application/http", ...(id === null ? [] : ["Content-ID", id])]), Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n\r\n`)]);
}

function apply({ kept }: Guarded, { request: { method, target, body } }: RequestPart): number {
  const path = target.startsWith("/") ? target : `/${target}`;
  if (method === "GET") return kept.has(path) ? 200 : 404;
  if (method === "DELETE") return kept.delete(path) ? 204 : 404;
  const at = method === "POST" ? `${path}/${kept.size + 1}` : path;
  const status = kept.has(at) ? 204 : 201;
  kept.set(at, method === "PATCH" ? JSON.stringify({ ...(JSON.parse(kept.get(at) ?? "{}") as object), ...(JSON.parse(body.toString()) as object) }) : body.toString());
  return status;
}
