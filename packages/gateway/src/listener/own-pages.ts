/**
 * The gateway's own pages under /.well-known/parley/, which no service may claim: liveness, readiness, and the pages
 * that problem types lead to. They are no calls: without access, limits or records, so that probes fill no log.
 */
import type { IncomingHttpHeaders } from "node:http";
import { conflictPath, type ConflictRecord } from "@parley/contract/conflicts/record";
import { problemPage } from "@parley/contract/problems/page";
import { problemPath, servicesPath, versionsPath } from "@parley/contract/problems/problem";
import { isProblemCode, problemEntry, type ProblemCode } from "@parley/contract/problems/table";
import { plainProblem } from "../exchange/plain-problem.ts";
import type { ServicePage } from "../service-pages/service-pages.ts";
import { htmlConflictPage } from "./conflict-page.ts";
import { htmlProblemPage, pagePolicy } from "./problem-page.ts";

const prefix = "/.well-known/parley";

export function isOwnPath(target: string): boolean {
  return target.startsWith(prefix) && (target.length === prefix.length || "/?".includes(target[prefix.length] as string));
}

export interface OwnPageContext {
  target: string;
  draining: boolean;
  /** Null where there is none that whoever asks may see. */
  findConflict(id: string): Promise<ConflictRecord | null>;
  /** Null where the service does not exist or has none. */
  versionsOf(service: string): unknown;
  /** Null where there is none that whoever asks may see. */
  servicePage(): Promise<ServicePage | null>;
}

export interface OwnPageRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface OwnPage {
  status: number;
  rawHeaders: string[];
  /** Left out of answers to HEAD. */
  body: Buffer;
}

/** `send` is called once, perhaps later. */
export function answerOwnPage(request: OwnPageRequest, about: OwnPageContext, send: (page: OwnPage) => void): void {
  const page = ownPage(request, about);
  if (page instanceof Promise) void page.then((found) => send(written(found)));
  else send(written(page));
}

function ownPage({ method, headers }: OwnPageRequest, about: OwnPageContext): Page | Promise<Page> {
  const path = about.target.split("?", 1)[0] as string;
  if (method !== "GET" && method !== "HEAD") return plainProblem({ code: "method-not-allowed", detail: "The gateway's own pages are read with GET and HEAD.", headers: { Allow: "GET, HEAD" } });
  if (path === `${prefix}/livez`) return json(200, { status: "alive" });
  if (path === `${prefix}/readyz`) return about.draining ? json(503, { status: "draining" }) : json(200, { status: "ready" });
  const code = path.startsWith(problemPath) ? path.slice(problemPath.length) : "";
  if (isProblemCode(code)) return explanation(code, headers.accept ?? "");
  const versions = path.startsWith(versionsPath) ? about.versionsOf(path.slice(versionsPath.length)) : null;
  if (versions !== null) return json(200, versions);
  const id = path.startsWith(conflictPath) ? path.slice(conflictPath.length) : "";
  if (path.startsWith(servicesPath)) return about.servicePage().then((page) => (page === null ? noPage() : { ...page, private: true }), () => plainProblem({ code: "internal-error", detail: "The page could not be made." }));
  if (/^[0-9a-f]{32}$/.test(id)) return conflictPage(about.findConflict(id), headers.accept ?? "");
  return noPage();
}

/** The same 404 for what does not exist and for what is somebody else's. */
function conflictPage(finding: Promise<ConflictRecord | null>, accept: string): Promise<Page> {
  return finding.then(
    (record) => {
      if (record === null) return noPage();
      return /\btext\/html\b/i.test(accept) ? { status: 200, type: "text/html; charset=utf-8", body: htmlConflictPage(record), private: true } : json(200, record);
    },
    () => plainProblem({ code: "ledger-unavailable", detail: "The ledger, which keeps conflicts, does not answer.", fix: "Ask again in a moment." }),
  );
}

function noPage(): Page {
  return plainProblem({ code: "not-found", detail: "There is no such page, or none that you may see.", fix: "Compare the address with the one that led here; pages of a service want the key of its calls." });
}

interface Page {
  status: number;
  type: string;
  body: string;
  /** Not for caches, nor for anybody else. */
  private?: boolean;
  /** Name, value, …: besides those that every page has. */
  fields?: readonly string[];
  /** Of a page with a style of its own. */
  policy?: string;
}

function json(status: number, value: unknown): Page {
  return { status, type: "application/json", body: `${JSON.stringify(value)}\n` };
}

/** HTML for people, JSON or Markdown for whoever says so. */
function explanation(code: ProblemCode, accept: string): Page {
  if (/\bapplication\/(?:[a-z.-]+\+)?json\b/i.test(accept)) return json(200, { code, ...problemEntry(code) });
  if (/\btext\/markdown\b/i.test(accept)) return { status: 200, type: "text/markdown; charset=utf-8", body: problemPage(code) };
  return { status: 200, type: "text/html; charset=utf-8", body: htmlProblemPage(code) };
}

function written(page: Page): OwnPage {
  const body = Buffer.from(page.body);
  const rawHeaders = [
    "Content-Type", page.type,
    "Content-Length", String(body.length),
    "Content-Security-Policy", page.policy ?? pagePolicy,
    "X-Content-Type-Options", "nosniff",
    "Referrer-Policy", "no-referrer",
    "Cache-Control", page.status === 200 && page.type !== "application/json" && page.private !== true ? "public, max-age=3600" : "no-store",
    "Vary", "Accept",
  ];
  if (page.fields !== undefined) rawHeaders.push(...page.fields);
  return { status: page.status, rawHeaders, body };
}
