/**
 * How keys that have a name and nothing else, which is nearly all of 100,000, go over the channel: those of one consumer as one
 * text, 64 hexadecimal digits and the name of each, a space between two. Of so many an object each would be most of what a
 * gateway reads at its start.
 */
export type PlainKeys = [consumer: string, keys: string];

const digitsOfKey = 64;
const prefix = "sha256:";
/** As JSON writes a key that is like that; names have neither spaces nor what JSON would write otherwise. */
const plainKey = /^\{"id":"[\w.~-]+","name":"([\w.-]+)","consumer":"([\w.-]+)"\}$/;
const keyWithItsId = /^\{"id":"([\w.-]+)~([\w.-]+)","name":"\2","consumer":"\1"\}$/;

/** Of a snapshot's key under its hash, as JSON text; null where it is anything more. `hasItsId`: `textOfPlainKey` gives the same text. */
export function plainKeyOf(hash: string, text: string): { consumer: string; key: string; hasItsId: boolean } | null {
  if (hash.length !== prefix.length + digitsOfKey) return null;
  const digits = hash.slice(prefix.length);
  const [, itsConsumer, itsName] = keyWithItsId.exec(text) ?? [];
  if (itsName !== undefined && itsConsumer !== undefined) return { consumer: itsConsumer, key: digits + itsName, hasItsId: true };
  const [, name, consumer] = plainKey.exec(text) ?? [];
  return name === undefined || consumer === undefined ? null : { consumer, key: digits + name, hasItsId: false };
}

/** The text of a key whose id is made of its consumer and its name, as that of every key in a configuration file is. */
export function textOfPlainKey(consumer: string, name: string): string {
  return `{"id":"${consumer}~${name}","name":"${name}","consumer":"${consumer}"}`;
}

/** `take` gets where the digits of each begin, where its name begins, and where that ends. */
export function eachPlainKey(keys: string, take: (digits: number, name: number, end: number) => void): void {
  for (let start = 0; start < keys.length; ) {
    const name = start + digitsOfKey;
    const space = keys.indexOf(" ", name);
    const end = space === -1 ? keys.length : space;
    take(start, name, end);
    start = end + 1;
  }
}
