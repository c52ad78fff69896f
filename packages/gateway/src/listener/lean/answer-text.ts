/** Hot path (benchmarks: http). An answer's header section as text, and how its body is framed (RFC 9112 §6). */
import { STATUS_CODES } from "node:http";

export interface AnswerHead {
  status: number;
  /** Status line and fields. */
  text: string;
  /** From Content-Length; null without one. */
  length: number | null;
}

export interface AnswerFraming {
  /** The whole header section. */
  text: string;
  /** `until-close`: only the connection's end is the body's, for clients of HTTP/1.0. */
  kind: "none" | "sized" | "chunked" | "until-close";
  /** Of a sized body. */
  length: number;
}

export interface FramingInput {
  request: { readonly method?: string | undefined; readonly isHttp10: boolean };
  keepAlive: boolean;
  /** Where the body is whole already, its length; else null. */
  wholeLength: number | null;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// eslint-disable-next-line no-control-regex
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;
const digits = /^\d{1,15}$/;

/** Throws where a field would not be one line: nothing that an answer holds may begin another answer. */
export function answerHead(status: number, { statusText, rawHeaders, date }: { statusText: string; rawHeaders: readonly string[]; date: string }): AnswerHead {
  let text = `HTTP/1.1 ${status} ${statusText === "" ? (STATUS_CODES[status] ?? "") : checked("status", statusText)}\r\n`;
  let length: number | null = null;
  let hasDate = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    if (name.length === 4) hasDate ||= name.toLowerCase() === "date";
    else if (name.length === 14 && name.toLowerCase() === "content-length") {
      // RFC 9110 §8.6: none in a 204; and one is all that there may be.
      if (status === 204 || length !== null || !digits.test(value)) continue;
      length = Number(value);
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") continue;
    text += line(name, value);
  }
  return { status, text: hasDate ? text : `${text}Date: ${date}\r\n`, length };
}

export function framed({ status, text, length }: AnswerHead, { request, keepAlive, wholeLength }: FramingInput): AnswerFraming {
  if (isBodiless(status, request.method)) return { text: text + connectionLine(keepAlive, request.isHttp10), kind: "none", length: 0 };
  if (length !== null) return { text: text + connectionLine(keepAlive, request.isHttp10), kind: "sized", length };
  if (wholeLength !== null) return { text: `${text}Content-Length: ${wholeLength}\r\n${connectionLine(keepAlive, request.isHttp10)}`, kind: "sized", length: wholeLength };
  if (request.isHttp10) return { text: text + connectionLine(false, true), kind: "until-close", length: 0 };
  return { text: `${text}Transfer-Encoding: chunked\r\n${connectionLine(keepAlive, false)}`, kind: "chunked", length: 0 };
}

/** RFC 9112 §6.3. */
export function isBodiless(status: number, method: string | undefined): boolean {
  return status === 204 || status === 304 || method === "HEAD";
}

/** An interim answer (RFC 9110 §15.2). */
export function interimText(status: number, rawHeaders: readonly string[]): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${fieldText(rawHeaders)}\r\n`;
}

export function fieldText(rawHeaders: readonly string[]): string {
  let text = "";
  for (let index = 0; index < rawHeaders.length; index += 2) text += line(rawHeaders[index] as string, rawHeaders[index + 1] as string);
  return text;
}

/** With the empty line. From HTTP/1.1 on a connection goes on unless something else is said (RFC 9112 §9.3). */
function connectionLine(keepAlive: boolean, isHttp10: boolean): string {
  if (!keepAlive) return "Connection: close\r\n\r\n";
  return isHttp10 ? "Connection: keep-alive\r\n\r\n" : "\r\n";
}

function line(name: string, value: string): string {
  if (!token.test(name)) throw new TypeError(`the field name ${JSON.stringify(name)} is not a token`);
  return `${name}: ${checked(name, value)}\r\n`;
}

function checked(name: string, value: string): string {
  if (forbidden.test(value)) throw new TypeError(`the value of ${name} holds a character that no field may have`);
  return value;
}
