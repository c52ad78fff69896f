/**
 * Uploads of files as Google has them: in one request, or begun, sent in pieces and finished. Where the provider wants the
 * pieces is kept in the ledger, and the caller gets an address of this gateway that leads there: only ever to the
 * configured provider, with the key that the upload was begun with, and for whoever began it.
 */
import { baseUrl } from "../../../exchange/host.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { Handler } from "../../../pipeline/policy.ts";
import { RefusalError } from "../../../exchange/answer.ts";
import { AiCall } from "../../calls/ai-call.ts";
import type { ProviderFields } from "../../calls/answer-fields.ts";
import { failureOfRefusal } from "../../calls/call-failure.ts";
import { planMedia } from "../../calls/plan-media.ts";
import type { PassedMedia, SentBody } from "../../calls/plan-media.ts";
import { answerFailure } from "../../calls/run-call.ts";
import { refuseParameter } from "../../conversation/parameters.ts";
import { geminiCaller } from "../../dialects/gemini/dialect.ts";
import { plainTarget } from "../../models/model-directory.ts";
import type { ModelTarget } from "../../models/model-target.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import type { EndpointParts } from "../endpoint-parts.ts";
import { consumerOf } from "../pinning.ts";
import { RequestBody } from "../request-body.ts";
import { geminiFiles } from "./collections.ts";
import { readGoogleObject } from "./google-answer.ts";
import { queryOf, withQuery } from "./kept-query.ts";
import { chosenProvider, keeperOf, placeOfUpload } from "./kept-provider.ts";

const uploadPath = "/upload/v1beta/files";
const uploadPaths = /\/upload\/v1(?:beta)?\/files$/;
const requestFields = new Set(["protocol", "command", "offset", "file-name", "header-content-length", "header-content-type"].map((name) => `x-goog-upload-${name}`));
const noBody = new RequestBody(Buffer.from("{}"), []);

export function isUploadPath(path: string): boolean {
  return uploadPaths.test(path) && path.startsWith("/upload/");
}

interface Upload {
  /** Null for one that begins here. */
  id: string | null;
  target: ModelTarget;
  /** Relative to the provider's base path. */
  place: string;
  sent: SentBody | null;
}

export function callUpload({ directory, prices, ports, ask }: EndpointParts, owners: ObjectOwners): Handler {
  return async (exchange, sink) => {
    exchange.record.dialectIn = geminiCaller.name;
    const call = new AiCall({ exchange, sink, caller: geminiCaller, body: noBody, model: "", stream: false, includeUsage: true, ports, prices });
    try {
      const upload = await uploadOf(exchange, { directory, owners });
      const passed = passedUpload(call, upload, owners);
      await ask(call, [upload.target], {
        isJudged: true,
        plan: (planned, at, dialect) => planMedia(planned, at, { dialect, passed }),
        inside: () => refuseParameter("unsupported-parameter", "model", "the sandbox keeps no files"),
      });
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      answerFailure(call, failureOfRefusal(error.refusal));
    }
  };
}

async function uploadOf(exchange: Exchange, parts: { directory: EndpointParts["directory"]; owners: ObjectOwners }): Promise<Upload> {
  const query = queryOf(exchange.target);
  const id = query.get("upload_id");
  if (id !== null) {
    const target = await keeperOf({ kind: "gemini-upload", title: "upload", id }, exchange, parts);
    return { id, target, place: await placeOfUpload(id, parts.owners), sent: piece(exchange) };
  }
  const target = plainTarget(chosenProvider(geminiFiles, exchange, parts.directory), "");
  // What begins an upload is small, and may be sent again with another key.
  const begins = String(exchange.headers["x-goog-upload-command"] ?? "") === "start";
  const sent = begins ? { contentType: "application/json", pieces: [await exchange.body.whole()] } : piece(exchange);
  return { id, target, place: uploadPath + withQuery(query, {}), sent };
}

function piece({ headers, body }: Exchange): SentBody | null {
  return body.stream === null ? null : { contentType: headers["content-type"] ?? "application/octet-stream", pieces: body.stream, bytes: body.length };
}

function passedUpload(call: AiCall, { id, target, place, sent }: Upload, owners: ObjectOwners): PassedMedia {
  const { exchange, ports } = call;
  const warn = (message: string): void => ports.warn(message, { provider: target.account.name, call: exchange.id });
  const ownerNow = (): Parameters<ObjectOwners["remember"]>[2] => ({ provider: target.account.name, consumer: consumerOf(exchange), ...(call.keyName !== undefined && { key: call.keyName }) });
  return {
    title: "uploads",
    dialect: geminiCaller.name,
    fields: { requestFields, requiredFields: [] },
    method: exchange.method,
    path: () => place,
    body: () => sent,
    readAny: async (body, provider, fields) => {
      if (provider.uploadUrl !== undefined) fields.push("X-Goog-Upload-URL", await keepPlace(call, provider.uploadUrl, { target, owner: ownerNow(), owners, warn }));
      if (id !== null && hasEnded(provider)) await owners.forget("gemini-upload", id).catch(() => {});
      return await readGoogleObject(body, { collection: geminiFiles, owners, owner: ownerNow(), warn }, true);
    },
  };
}

function hasEnded({ fields }: ProviderFields): boolean {
  return fields.some((name, index) => index % 2 === 0 && name.toLowerCase() === "x-goog-upload-status" && fields[index + 1] !== "active");
}

interface PlaceParts {
  target: ModelTarget;
  owner: Parameters<ObjectOwners["remember"]>[2];
  owners: ObjectOwners;
  warn: (message: string) => void;
}

/** The address of this gateway that stands for the provider's. Of that one only path and query count, and of these not the key. */
async function keepPlace(call: AiCall, url: string, { target, owner, owners, warn }: PlaceParts): Promise<string> {
  const { exchange } = call;
  const id = call.decodingContext().makeId("");
  await owners.remember("gemini-upload", id, { ...owner, place: placeIn(url, target) }).catch(() => warn("the ledger did not take where an upload goes on; only this worker knows"));
  const mount = exchange.path.replace(uploadPaths, "");
  const asked = new URLSearchParams(exchange.target.slice(exchange.target.indexOf("?") + 1));
  // As Google's own address, it has the key in it that its caller wrote into the one before.
  const key = exchange.target.includes("?") ? asked.get("key") : null;
  return `${baseUrl(exchange)}${mount}${uploadPath}?${new URLSearchParams({ upload_id: id, upload_protocol: "resumable", ...(key !== null && { key }) }).toString()}`;
}

function placeIn(url: string, { account }: ModelTarget): string {
  const parsed = URL.parse(url, account.origin);
  if (!parsed) return uploadPath;
  for (const name of ["key", "access_token", "$key"]) parsed.searchParams.delete(name);
  const { pathname, search } = parsed;
  const below = account.basePath !== "" && pathname.startsWith(`${account.basePath}/`) ? pathname.slice(account.basePath.length) : pathname;
  return below + search;
}
