/** Hot path (benchmarks: http). Field lines of a header or trailer section (RFC 9112 §5), read strictly. */

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Everything but visible characters, blanks, tabs and whole line breaks. */
// eslint-disable-next-line no-control-regex
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;

const tab = 9;
const blank = 32;

/** Name, value, name, value, … from `from` on; a string says what is wrong. */
export function fieldLines(text: string, from: number): string[] | string {
  if (forbidden.test(text)) return "the header section has a control character or a bare line break";
  const fields: string[] = [];
  for (let start = from; start < text.length; ) {
    const lineBreak = text.indexOf("\r\n", start);
    const end = lineBreak === -1 ? text.length : lineBreak;
    const first = text.charCodeAt(start);
    // RFC 9112 §5.2: a gateway must not pass a folded line on as it is.
    if (first === blank || first === tab) return "a field line is folded";
    const colon = text.indexOf(":", start);
    if (colon === -1 || colon >= end) return "a field line has no colon";
    const name = text.slice(start, colon);
    // Also refuses white space before the colon (RFC 9112 §5.1).
    if (!token.test(name)) return "a field name is not a token";
    fields.push(name, trimmed(text, colon + 1, end));
    start = end + 2;
  }
  return fields;
}

function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === blank || code === tab;
}
