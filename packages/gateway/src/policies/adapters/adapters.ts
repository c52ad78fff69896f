/**
 * Hot path of versions with an adapter. An older version's requests become the newer one's, and the answers come back as
 * the older one's. Everything below, the conflict guard above all, knows one form of a resource only: its tags, its
 * merges and its history are the newer version's, so that writers of both versions meet. To the client each tag carries the
 * version, since the bytes differ. Hides mappings and tags; may import `@parley/openapi` and the exchange.
 */
import { compileMapping, isJsonType, type Mapping } from "@parley/openapi";
import type { Adapt } from "@parley/contract/config/adapt";
import type { Refusal } from "@parley/contract/problems/problem";
import type { AnswerSink } from "../../exchange/answer.ts";
import { bodyOf, derivedExchange } from "../../exchange/derived-exchange.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { holdBody } from "../../exchange/held-body.ts";
import { plainBody, type PlainBody } from "../../exchange/plain-body.ts";
import { withoutFields } from "../../exchange/raw-fields.ts";
import type { Handler, Policy } from "../../pipeline/policy.ts";
import type { AdapterPlan, PipelinePorts, RoutePlan } from "../../pipeline/route-plan.ts";
import { AdaptedAnswer } from "./adapted-answer.ts";
import { withKept } from "./kept-members.ts";
import type { OwnTerms } from "./own-terms.ts";
import { compileTags, type VersionTags } from "./version-tags.ts";

const maxBodyBytes = 1024 * 1024;

interface Compiled {
  version: string;
  settings: Adapt;
  request: Mapping;
  /** Of a whole that keeps members of the state that is there: `request` without the defaults for these, and then those. */
  whole: { before: Mapping; after: Mapping } | null;
  response: Mapping;
  terms: OwnTerms;
  tags: VersionTags;
  /** In front of what is below the service's path: the newer version's, where it has an upstream of its own. */
  prefix: string;
}

export const adaptersPolicy: Policy<RoutePlan, PipelinePorts> = {
  name: "adapters",
  sharedAs: ({ adapters }) => (adapters ? null : ""),
  create: (plan) => (plan.adapters ? (next) => adapted(plan.adapters as AdapterPlan, next) : null),
};

function adapted({ path, list }: AdapterPlan, next: Handler): Handler {
  const byVersion = new Map(list.map((one) => [one.version, compileAdapter(one)]));
  const olderOf = new Map(list.map(({ adapt: { to } }) => [to, list.filter(({ adapt }) => adapt.to === to).map(({ version }) => compileTags(version))]));
  return (exchange, sink) => {
    const adapter = exchange.version === undefined ? undefined : byVersion.get(exchange.version);
    if (adapter === undefined) return next(withOwnTags(exchange, olderOf.get(exchange.version ?? "")), sink);
    if (exchange.upgrade !== null) return next(exchange, sink);
    return carried(asNewer(exchange, adapter, path), { adapter, next, sink });
  };
}

function compileAdapter({ version, adapt, separate }: AdapterPlan["list"][number]): Compiled {
  const response = compileMapping(adapt.response);
  const joined = new Set(adapt.response.flatMap((step) => ("join" in step ? [step.join.to] : [])));
  return { version, settings: adapt, request: compileMapping(adapt.request), whole: wholeMapping(adapt), response, terms: { map: response, joined }, tags: compileTags(version), prefix: separate ? `/${adapt.to}` : "" };
}

/** Whoever moves to the newer version may still hold the older one's tag: for a write it names the same state. */
function withOwnTags(exchange: Exchange, older: readonly VersionTags[] | undefined): Exchange {
  const tag = exchange.headers["if-match"];
  if (older === undefined || tag === undefined || !tag.includes("~")) return exchange;
  const own = (value: string): string => older.reduce((rest, tags) => tags.requestValue("if-match", rest) ?? rest, value);
  const rawHeaders = exchange.rawHeaders.map((text, index) => (index % 2 === 1 && (exchange.rawHeaders[index - 1] as string).toLowerCase() === "if-match" ? own(text) : text));
  return derivedExchange(exchange, { takesKept: exchange.takesKept === true, rawHeaders, headers: { ...exchange.headers, "if-match": own(tag) } });
}

/** What is kept goes before what is there by default. */
function wholeMapping({ request, keep }: Adapt): Compiled["whole"] {
  if (keep.length === 0) return null;
  const isOfKept = (step: Adapt["request"][number]): boolean => "default" in step && keep.some((place) => step.default.at === place || step.default.at.startsWith(`${place}/`));
  return { before: compileMapping(request.filter((step) => !isOfKept(step))), after: compileMapping(request.filter(isOfKept)) };
}

interface Carrying {
  adapter: Compiled;
  next: Handler;
  sink: AnswerSink;
}

async function carried(exchange: Exchange, { adapter, next, sink }: Carrying): Promise<void> {
  const type = exchange.headers["content-type"];
  const answer = new AdaptedAnswer(sink, { map: adapter.response, terms: adapter.terms, tags: adapter.tags, method: exchange.method });
  if (exchange.body.length === 0 || type === undefined || !isJsonType(type)) return next(exchange, answer);
  // Its operations name places of the older version, and a value may stand in several of the newer.
  if (/json-patch\+json/i.test(type)) return sink.fault({ code: "adapter-refused", status: 415, detail: `Requests of version ${adapter.version} are adapted to ${adapter.settings.to}, and a JSON patch cannot be.`, fix: "Send application/merge-patch+json, or the whole resource." });
  const held = await holdBody(exchange.body, maxBodyBytes);
  if (held.kind !== "held") return sink.fault({ code: "adapter-refused", status: 413, detail: `Requests of version ${adapter.version} are adapted to ${adapter.settings.to}, which is done up to 1 MiB.` });
  const plain = await plainBody(held.bytes, exchange.headers["content-encoding"], maxBodyBytes);
  if (plain.kind !== "plain") return sink.fault(notUnpacked(adapter, plain));
  const body = parsed(plain.bytes);
  if (body === undefined) return sink.fault(noJson(adapter));
  const incomplete: string[] = [];
  const keeps = exchange.method === "PUT" ? adapter.whole : null;
  const mapped = (keeps?.before ?? adapter.request)(body, /merge-patch\+json/i.test(type), incomplete);
  if (incomplete.length > 0) return sink.fault(inParts(adapter, incomplete));
  if (keeps !== null) keeps.after(await withKept(mapped, { exchange, next, pointers: adapter.settings.keep }), false);
  const sent = derivedExchange(exchange, { ...withoutCoding(exchange), body: bodyOf(Buffer.from(JSON.stringify(mapped))) });
  await next(sent, answer);
}

/** What is sent is written anew, and plain. */
function withoutCoding({ headers, rawHeaders }: Exchange): Partial<Exchange> {
  if (headers["content-encoding"] === undefined) return {};
  const { "content-encoding": _coding, ...others } = headers;
  return { headers: others, rawHeaders: withoutFields(rawHeaders, contentEncoding) };
}

const contentEncoding: ReadonlySet<string> = new Set(["content-encoding"]);

function notUnpacked({ version, settings: { to } }: Compiled, body: Exclude<PlainBody, { kind: "plain" }>): Refusal {
  const adapting = `Requests of version ${version} are adapted to ${to}, which is done`;
  return body.kind === "too-long"
    ? { code: "adapter-refused", status: 413, detail: `${adapting} up to 1 MiB, and the body unpacks to more.` }
    : { code: "adapter-refused", status: 415, detail: `${adapting} with gzip, deflate, br and zstd; the body cannot be read as ${body.coding}.`, fix: "Send the body without a content coding, or in one of those." };
}

function inParts({ version, settings: { to, request } }: Compiled, places: readonly string[]): Refusal {
  const parts = request.flatMap((step) => ("join" in step && places.includes(step.join.to) ? [step.join.from.join(", ")] : []));
  return { code: "adapter-refused", status: 422, detail: `Requests of version ${version} are adapted to ${to}, where ${parts.join("; ")} are one value; a patch has to have all of them.`, fix: "Send these members together, or the whole resource." };
}

function noJson({ version }: Compiled): Refusal {
  return { code: "request-invalid", detail: `The body is no JSON, and version ${version} is adapted.`, extensions: { errors: [{ in: "body", pointer: "", message: "is no JSON", schema: "" }] } };
}

/** Below, the call is one of the newer version; ranges and codings of the older one's bytes mean nothing there. */
function asNewer(exchange: Exchange, { settings, tags, prefix }: Compiled, servicePath: string): Exchange {
  // Without the field any coding would do (RFC 9110 §12.5.3).
  const rawHeaders = [...tags.requestFields(exchange.rawHeaders), "Accept-Encoding", "identity"];
  const headers: Exchange["headers"] = { ...exchange.headers };
  for (const name of ["range", "if-range", "accept-encoding", "content-length", "content-md5", "content-digest", "repr-digest"]) delete headers[name];
  for (const name of ["if-match", "if-none-match"] as const) {
    const value = exchange.headers[name];
    if (value === undefined) continue;
    const own = tags.requestValue(name, value);
    if (own === null) delete headers[name];
    else headers[name] = own;
  }
  headers["accept-encoding"] = "identity";
  const rest = prefix + exchange.rest;
  const question = rest.indexOf("?");
  const below = question === -1 ? rest : rest.slice(0, question);
  return derivedExchange(exchange, { takesKept: exchange.takesKept === true, rawHeaders, headers, version: settings.to, ...(prefix === "" ? {} : { versionPath: { shown: exchange.versionPath?.shown ?? "", own: prefix } }), rest, path: servicePath === "/" ? below || "/" : servicePath + below });
}

function parsed(bytes: Buffer): Parameters<Mapping>[0] | undefined {
  try {
    return JSON.parse(bytes.toString("utf8")) as Parameters<Mapping>[0];
  } catch {
    return undefined;
  }
}
