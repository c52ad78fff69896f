/** Hot path. The formats that values are held to; others say nothing. Each takes time in proportion to the text. */
import { isIPv4, isIPv6 } from "node:net";

/** Nothing that a format names is longer. */
const maxLength = 8_192;

const textFormats: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": (text) => /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:(?:[0-5]\d|60)(?:\.\d{1,12})?(?:[Zz]|[+-]\d{2}:\d{2})$/.test(text) && isDay(text.slice(0, 10)) && isTime(text.slice(11, 16)),
  date: (text) => isDay(text),
  time: (text) => /^\d{2}:\d{2}:(?:[0-5]\d|60)(?:\.\d{1,12})?(?:[Zz]|[+-]\d{2}:\d{2})?$/.test(text) && isTime(text.slice(0, 5)),
  email: (text) => text.length <= 320 && isAddress(text),
  uuid: (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  uri: (text) => /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]*$/.test(text),
  ipv4: (text) => isIPv4(text),
  ipv6: (text) => isIPv6(text),
  hostname: (text) => text.length <= 253 && text.split(".").every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)),
  byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
};

const numberFormats: Readonly<Record<string, (value: number) => boolean>> = {
  int32: (value) => Number.isInteger(value) && value >= -2_147_483_648 && value <= 2_147_483_647,
  // Beyond 2^53 numbers of JSON have lost digits on their way already.
  int64: (value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 63,
};

/** Null where the format says nothing about such values. */
export function textFormat(name: string): ((text: string) => boolean) | null {
  const check = Object.hasOwn(textFormats, name) ? textFormats[name] : undefined;
  return check === undefined ? null : (text) => (name === "byte" || text.length <= maxLength) && check(text);
}

export function numberFormat(name: string): ((value: number) => boolean) | null {
  return Object.hasOwn(numberFormats, name) ? (numberFormats[name] ?? null) : null;
}

function isDay(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isTime(text: string): boolean {
  return Number(text.slice(0, 2)) <= 23 && Number(text.slice(3, 5)) <= 59;
}

function isAddress(text: string): boolean {
  const at = text.lastIndexOf("@");
  return at > 0 && at < text.length - 1 && !/[\s<>()[\]\\,;:]/.test(text.slice(at + 1)) && !/[\s<>[\]\\,;:]/.test(text.slice(0, at));
}
