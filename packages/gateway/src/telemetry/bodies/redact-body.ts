/**
 * A body's text without what is to be hidden: JSON, JSON lines and event streams by `logging.redact` and by names and
 * shapes of credentials; any other text by the latter alone. Null where pointers are configured and nobody can say where
 * in the text they lead.
 */
import { unescapeToken } from "@parley/merge";
import { isSecretName, withoutCredentials } from "./credentials.ts";
import { type JsonRedaction, redactJson } from "./json-redaction.ts";

export interface RedactedBody {
  contentType: string;
  /** Its end is missing. */
  isCut: boolean;
  pointers: readonly string[];
  /** Known secrets of this call. */
  secrets: readonly string[];
}

export function redactBody(text: string, body: RedactedBody): string | null {
  const clean = (raw: string): string => withoutCredentials(raw, body.secrets);
  const redaction: JsonRedaction = { paths: body.pointers.map(segmentsOf), isSecretName, cleanText: clean };
  const type = body.contentType.toLowerCase();
  if (/\b(?:text\/event-stream)\b/.test(type)) return eventStream(text, body, redaction);
  if (/\bjson\b|ndjson|jsonl|json-seq/.test(type)) return json(text, body, redaction);
  if (type.startsWith("multipart/")) return null;
  // Without a type, or under a wrong one, many send JSON all the same.
  const asJson = /^\s*[[{]/.test(text) ? redactJson(text, body.isCut, redaction) : null;
  if (asJson !== null) return asJson;
  return body.pointers.length > 0 ? null : clean(text);
}

/** Also lines of JSON, which follow each other without a comma. */
function json(text: string, { isCut, pointers }: RedactedBody, redaction: JsonRedaction): string | null {
  const redacted = redactJson(text.replaceAll("\u001E", " "), isCut, redaction);
  return redacted === null && pointers.length === 0 ? redaction.cleanText(text) : redacted;
}

/** Several lines of data are one document; none of the dialects known writes them, but they are allowed. */
function eventStream(text: string, { isCut, pointers }: RedactedBody, redaction: JsonRedaction): string | null {
  const out: string[] = [];
  const events = text.split(/(?<=\r\n\r\n|\n\n|\r\r)/);
  for (const [index, event] of events.entries()) {
    const cut = isCut && index === events.length - 1;
    const written = oneEvent(event, cut, { pointers, redaction });
    if (written === null) return null;
    out.push(written);
  }
  return out.join("");
}

function oneEvent(event: string, isCut: boolean, { pointers, redaction }: { pointers: readonly string[]; redaction: JsonRedaction }): string | null {
  const lines = event.split(/(?<=\r\n|\n|\r(?!\n))/);
  const data = lines.filter((line) => line.startsWith("data:"));
  if (data.length > 1) return severalLines(event, data, { isCut, pointers, redaction });
  let out = "";
  for (const line of lines) {
    const written = line.startsWith("data:") ? dataLine(line, isCut, { pointers, redaction }) : redaction.cleanText(line);
    if (written === null) return null;
    out += written;
  }
  return out;
}

function dataLine(line: string, isCut: boolean, { pointers, redaction }: { pointers: readonly string[]; redaction: JsonRedaction }): string | null {
  const content = line.slice(5);
  if (!/^\s*[[{]/.test(content)) return redaction.cleanText(line);
  const redacted = redactJson(content, isCut, redaction);
  if (redacted !== null) return `data:${redacted}`;
  return pointers.length > 0 ? null : redaction.cleanText(line);
}

/** Written again as one line, since what is hidden may reach over several. */
function severalLines(event: string, data: readonly string[], { isCut, pointers, redaction }: { isCut: boolean; pointers: readonly string[]; redaction: JsonRedaction }): string | null {
  const document = data.map((line) => line.slice(5).trim()).join(" ");
  const redacted = /^[[{]/.test(document) ? redactJson(document, isCut, redaction) : null;
  if (redacted === null) return pointers.length > 0 ? null : redaction.cleanText(event);
  const others = event.split(/(?<=\n)/).filter((line) => !line.startsWith("data:") && line.trim() !== "");
  return `${redaction.cleanText(others.join(""))}data: ${redacted}\n\n`;
}

function segmentsOf(pointer: string): string[] {
  return pointer.split("/").slice(1).map(unescapeToken);
}
