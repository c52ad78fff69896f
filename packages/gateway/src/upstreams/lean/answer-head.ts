/** Hot path (benchmarks: http). The header section of an answer, read strictly, and what it says of the body's framing. */
import { fieldLines } from "../../http1/field-lines.ts";

export interface AnswerHead {
  status: number;
  statusText: string;
  rawHeaders: string[];
  framing: "none" | "sized" | "chunked" | "until-close";
  /** Bytes of the body where it is sized. */
  length: number;
  /** False where the connection cannot carry another request after this answer. */
  reusable: boolean;
  /** The server's own idle limit from `Keep-Alive: timeout=`, in milliseconds; null where it says none. */
  keepAliveMs: number | null;
}

interface Framing {
  contentLength: number | null;
  chunked: boolean;
  close: boolean;
  keepAlive: boolean;
  keepAliveMs: number | null;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;

/** `text` is the section without the empty line at its end. A string says what is wrong with it. */
export function answerHead(text: string, method: string): AnswerHead | string {
  const lineEnd = text.indexOf("\r\n");
  const match = statusLine.exec(lineEnd === -1 ? text : text.slice(0, lineEnd));
  if (!match) return "the status line is not one of HTTP/1.1";
  const rawHeaders = lineEnd === -1 ? [] : fieldLines(text, lineEnd + 2);
  if (typeof rawHeaders === "string") return rawHeaders;
  const isHttp10 = match[1] === "0";
  const framing = readFraming(rawHeaders, isHttp10);
  if (typeof framing === "string") return framing;
  const head: AnswerHead = {
    status: Number(match[2]),
    statusText: match[3] ?? "",
    rawHeaders,
    framing: "none",
    length: 0,
    reusable: !framing.close && (!isHttp10 || framing.keepAlive),
    keepAliveMs: framing.keepAliveMs,
  };
  decideBody(head, framing, method);
  return head;
}

/** RFC 9112 §6.3, in its order. */
function decideBody(head: AnswerHead, framing: Framing, method: string): void {
  const { status } = head;
  if (status < 200 || status === 204) {
    // These have no body; a server that announces one does not mean the same by it as we do.
    if (framing.chunked || framing.contentLength !== null) head.reusable &&= status >= 200 && framing.contentLength === 0;
    return;
  }
  if (method === "HEAD" || status === 304) return;
  if (framing.chunked) head.framing = "chunked";
  else if (framing.contentLength === null) {
    head.framing = "until-close";
    head.reusable = false;
  } else if (framing.contentLength > 0) {
    head.framing = "sized";
    head.length = framing.contentLength;
  }
}

function readFraming(rawHeaders: readonly string[], isHttp10: boolean): Framing | string {
  const framing: Framing = { contentLength: null, chunked: false, close: false, keepAlive: false, keepAliveMs: null };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    // Only names of these lengths can matter, so the others need not be put into lower case.
    if (name.length !== 10 && name.length !== 14 && name.length !== 17) continue;
    const problem = readField(framing, name.toLowerCase(), rawHeaders[index + 1] as string);
    if (problem !== null) return problem;
  }
  // RFC 9112 §6.1: coded by something that cannot know of it, so the framing is not to be trusted.
  if (framing.chunked && isHttp10) return "an HTTP/1.0 answer has a Transfer-Encoding";
  // RFC 9112 §6.3: an attempt to smuggle, or a fault.
  if (framing.chunked && framing.contentLength !== null) return "the answer has both Content-Length and Transfer-Encoding";
  return framing;
}

function readField(framing: Framing, name: string, value: string): string | null {
  switch (name) {
    case "content-length":
      // Also refuses lists; two fields of the same value are as suspect as two of different ones.
      if (!/^\d{1,15}$/.test(value)) return "the Content-Length is not a number";
      if (framing.contentLength !== null) return "the answer has more than one Content-Length";
      framing.contentLength = Number(value);
      return null;
    case "transfer-encoding":
      // Nothing else was asked for (RFC 9112 §7.4), and no other coding is undone here.
      if (framing.chunked || value.toLowerCase() !== "chunked") return "the Transfer-Encoding is not chunked";
      framing.chunked = true;
      return null;
    case "connection":
      framing.close ||= /(?:^|[,\s])close(?:$|[,\s])/i.test(value);
      framing.keepAlive ||= /(?:^|[,\s])keep-alive(?:$|[,\s])/i.test(value);
      return null;
    case "keep-alive": {
      const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value)?.[1];
      if (seconds !== undefined) framing.keepAliveMs = Number(seconds) * 1000;
      return null;
    }
    default:
      return null;
  }
}
