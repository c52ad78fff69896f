/** HTTP dates (RFC 9110 §5.6.7): the one form that is written and the three that are read. Times are Unix milliseconds. */

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const time = "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})";
const month = `(?<month>${monthNames.join("|")})`;
const imfFixdate = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) ${month} (?<year>\\d{4}) ${time} GMT$`);
const rfc850 = new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-${month}-(?<year>\\d{2}) ${time} GMT$`);
const asctime = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`);
const fiftyYears = 50;

/** Null where the text is no HTTP-date; the fields that carry one are then ignored (§13.1.3, §13.1.4). */
export function parseHttpDate(text: string, nowMs: number): number | null {
  const recent = imfFixdate.exec(text);
  if (recent) return fromParts(recent, fullYear(recent));
  const old = rfc850.exec(text);
  if (old) return fromTwoDigitYear(old, nowMs);
  const oldest = asctime.exec(text);
  return oldest ? fromParts(oldest, fullYear(oldest)) : null;
}

function fullYear(match: RegExpExecArray): number {
  return Number(match.groups?.["year"]);
}

export function formatHttpDate(atMs: number): string {
  return new Date(atMs).toUTCString();
}

/** A two-digit year that would lie more than fifty years ahead is in the century before. */
function fromTwoDigitYear(match: RegExpExecArray, nowMs: number): number | null {
  const now = new Date(nowMs);
  const century = Math.floor(now.getUTCFullYear() / 100) * 100;
  const year = century + fullYear(match);
  const at = fromParts(match, year);
  if (at === null) return null;
  const latest = new Date(nowMs).setUTCFullYear(now.getUTCFullYear() + fiftyYears);
  return at > latest ? fromParts(match, year - 100) : at;
}

function fromParts(match: RegExpExecArray, year: number): number | null {
  const part = (name: string): number => Number(match.groups?.[name]);
  const monthNumber = monthNames.indexOf(match.groups?.["month"] ?? "");
  const day = part("day");
  // 60 is a leap second, which Unix time folds into the next one.
  if (part("hour") > 23 || part("minute") > 59 || part("second") > 60) return null;
  const midnight = new Date(Date.UTC(year, monthNumber, day));
  if (midnight.getUTCDate() !== day) return null;
  return midnight.getTime() + ((part("hour") * 60 + part("minute")) * 60 + part("second")) * 1000;
}
