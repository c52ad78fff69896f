/** Hot path (benchmarks: http). The first line of a request (RFC 9112 §3), read strictly: one blank between its parts, and no version but 1.0 and 1.1. */
import { METHODS } from "node:http";

export interface RequestLine {
  method: string;
  target: string;
  isHttp10: boolean;
}

const methods: ReadonlySet<string> = new Set(METHODS);
/** Visible characters; a fragment is the client's own affair and never sent (RFC 9112 §3.2). */
const targetText = /^[\x21\x22\x24-\x7e]+$/;
const versionLength = " HTTP/1.1".length;

/** `end` is where the line ends. A string says what is wrong with it. */
export function requestLine(text: string, end: number): RequestLine | string {
  const methodEnd = text.indexOf(" ");
  const targetEnd = end - versionLength;
  if (methodEnd === -1 || targetEnd <= methodEnd) return "the request line is not one of HTTP/1.1";
  const version = text.slice(targetEnd, end);
  const isHttp10 = version === " HTTP/1.0";
  if (!isHttp10 && version !== " HTTP/1.1") return "the request line does not end with a version that is spoken here";
  const method = text.slice(0, methodEnd);
  if (!methods.has(method)) return "the method is none that is known";
  const target = text.slice(methodEnd + 1, targetEnd);
  if (!targetText.test(target)) return "the target has a character that does not belong there";
  return { method, target, isHttp10 };
}
