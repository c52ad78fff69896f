/**
 * The gateway's own pages under /.well-known/parley/, which no service may claim: liveness, readiness, and the pages
 * that problem types lead to. They are no calls: without access, limits or records, so that probes fill no log.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { conflictPath, type ConflictRecord } from "@parley/contract/conflicts/record";
import { problemPage } from "@parley/contract/problems/page";
import { problemPath, versionsPath } from "@parley/contract/problems/problem";
import { isProblemCode, problemEntry, type ProblemCode } from "@parley/contract/problems/table";
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
}

export function answerOwnPage(request: IncomingMessage, response: ServerResponse, about: OwnPageContext): void {
  const path = about.target.split("?", 1)[0] as string;
  if (about.draining) response.setHeader("Connection", "close");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return answer(request, response, { status: 405, type: "text/plain; charset=utf-8", body: "Only GET and HEAD.\n" });
  }
  if (path === `${prefix}/livez`) return answer(request, response, json(200, { status: "alive" }));
  if (path === `${prefix}/readyz`) return answer(request, response, about.draining ? json(503, { status: "draining" }) : json(200, { status: "ready" }));
  const code = path.startsWith(problemPath) ? path.slice(problemPath.length) : "";
  if (isProblemCode(code)) return answer(request, response, explanation(code, request.headers.accept ?? ""));
  const versions = path.startsWith(versionsPath) ? about.versionsOf(path.slice(versionsPath.length)) : null;
  if (versions !== null) return answer(request, response, json(200, versions));
  const id = path.startsWith(conflictPath) ? path.slice(conflictPath.length) : "";
  if (/^[0-9a-f]{32}$/.test(id)) return answerConflict(request, response, about.findConflict(id));
  answer(request, response, json(404, { title: "There is no such page", status: 404 }, "application/problem+json"));
}

/** The same 404 for what does not exist and for what is somebody else's. */
function answerConflict(request: IncomingMessage, response: ServerResponse, finding: Promise<ConflictRecord | null>): void {
  finding.then(
    (record) => {
      if (record === null) return answer(request, response, json(404, { title: "There is no such page", status: 404 }, "application/problem+json"));
      const html = /\btext\/html\b/i.test(request.headers.accept ?? "");
      answer(request, response, html ? { status: 200, type: "text/html; charset=utf-8", body: htmlConflictPage(record), private: true } : json(200, record));
    },
    () => answer(request, response, json(503, { title: "The ledger does not answer", status: 503 }, "application/problem+json")),
  );
}

interface Page {
  status: number;
  type: string;
  body: string;
  /** Not for caches, nor for anybody else. */
  private?: boolean;
}

function json(status: number, value: unknown, type = "application/json"): Page {
  return { status, type, body: `${JSON.stringify(value)}\n` };
}

/** HTML for people, JSON or Markdown for whoever says so. */
function explanation(code: ProblemCode, accept: string): Page {
  if (/\bapplication\/(?:[a-z.-]+\+)?json\b/i.test(accept)) return json(200, { code, ...problemEntry(code) });
  if (/\btext\/markdown\b/i.test(accept)) return { status: 200, type: "text/markdown; charset=utf-8", body: problemPage(code) };
  return { status: 200, type: "text/html; charset=utf-8", body: htmlProblemPage(code) };
}

function answer(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const body = Buffer.from(page.body);
  response.writeHead(page.status, {
    "Content-Type": page.type,
    "Content-Length": body.length,
    "Content-Security-Policy": pagePolicy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": page.status === 200 && page.type !== "application/json" && page.private !== true ? "public, max-age=3600" : "no-store",
    Vary: "Accept",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
