/** Reading ASN.1 in its distinguished encoding (X.690 §8.1), as far as certificates and revocation lists need it. Throws where the bytes are none. */

export interface DerValue {
  tag: number;
  content: Buffer;
  /** Tag and length included. */
  whole: Buffer;
}

export const derTags = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30 } as const;

/** `context(0)` is `[0]` with something inside, `context(1, false)` a `[1]` that is a value itself. */
export function context(number: number, constructed = true): number {
  return (constructed ? 0xa0 : 0x80) | number;
}

export function readDer(bytes: Buffer, at = 0): DerValue {
  const { contentAt, end } = derSpan(bytes, at);
  return { tag: bytes[at] as number, content: bytes.subarray(contentAt, end), whole: bytes.subarray(at, end) };
}

export function derMembers({ content }: DerValue): DerValue[] {
  const members: DerValue[] = [];
  for (let at = 0; at < content.length; ) {
    const member = readDer(content, at);
    members.push(member);
    at += member.whole.length;
  }
  return members;
}

/** Where the value that begins at a place has its content, and where it ends. */
export function derSpan(bytes: Buffer, at: number): { contentAt: number; end: number } {
  const first = bytes[at + 1];
  if (first === undefined || ((bytes[at] as number) & 0x1f) === 0x1f) throw new Error("it is no DER");
  let length = first;
  let contentAt = at + 2;
  if (first >= 0x80) {
    const digits = first & 0x7f;
    if (digits === 0 || digits > 4 || contentAt + digits > bytes.length) throw new Error("it is no DER");
    length = bytes.readUIntBE(contentAt, digits);
    contentAt += digits;
  }
  if (contentAt + length > bytes.length) throw new Error("it ends too early");
  return { contentAt, end: contentAt + length };
}

/** Unix milliseconds of a UTCTime or a GeneralizedTime, in the one form that RFC 5280 §4.1.2.5 allows of each. */
export function derTime({ tag, content }: DerValue): number {
  const text = content.toString("latin1");
  const short = tag === derTags.utcTime;
  const digits = (short ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/).exec(text)?.slice(1).map(Number);
  if (digits === undefined || (!short && tag !== derTags.generalizedTime)) throw new Error("it has a time that is none");
  const [year, month, day, hour, minute, second] = digits as [number, number, number, number, number, number];
  return Date.UTC(short ? year + (year < 50 ? 2000 : 1900) : year, month - 1, day, hour, minute, second);
}
