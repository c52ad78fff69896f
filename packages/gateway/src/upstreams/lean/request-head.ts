/** Hot path (benchmarks: http). A request's header section as text, and how its body will be framed. */
import { isWhole, lengthOf } from "../body-pieces.ts";
import type { OutgoingRequest } from "../transport.ts";

export interface RequestHead {
  text: string;
  /** How many bytes of body must follow; null where it is chunked. */
  length: number | null;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const targetText = /^[\x21-\x7e\x80-\xff]+$/;
// eslint-disable-next-line no-control-regex
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Methods whose request without a body says so (RFC 9110 §8.6). */
const expectBody = new Set(["POST", "PUT", "PATCH"]);

/** A string says what is wrong with the request: nothing in it may end a line early and begin another request. */
export function requestHead(request: OutgoingRequest): RequestHead | string {
  const { method, path, rawHeaders, body } = request;
  if (!token.test(method)) return "the method is not a token";
  if (!targetText.test(path)) return "the path holds a blank or a control character";
  let text = `${method} ${path} HTTP/1.1\r\n`;
  let given: number | null = null;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    if (!token.test(name)) return `the field name ${JSON.stringify(name)} is not a token`;
    if (!fieldValue.test(value)) return `the value of ${name} holds a control character`;
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      if (given !== null || !/^\d{1,15}$/.test(value)) return "the Content-Length is wrong";
      given = Number(value);
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") return "the framing is decided here";
    text += `${name}: ${value}\r\n`;
  }
  return framed(text, given, { method, body });
}

function framed(text: string, given: number | null, { method, body }: Pick<OutgoingRequest, "method" | "body">): RequestHead | string {
  if (body !== null && !isWhole(body)) {
    return given === null ? { text: `${text}Transfer-Encoding: chunked\r\n\r\n`, length: null } : { text: `${text}\r\n`, length: given };
  }
  const length = body === null ? 0 : lengthOf(body);
  if (given !== null && given !== length) return "the Content-Length differs from the body's";
  if (given === null && (length > 0 || expectBody.has(method))) text += `Content-Length: ${length}\r\n`;
  return { text: `${text}\r\n`, length };
}
