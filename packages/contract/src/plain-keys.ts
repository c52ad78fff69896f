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

/** Of a snapshot's key under its hash, as JSON text; null where it is anything more. */
export function plainKeyOf(hash: string, text: string): { consumer: string; key: string } | null {
  if (hash.length !== prefix.length + digitsOfKey) return null;
  const [, name, consumer] = plainKey.exec(text) ?? [];
  return name === undefined || consumer === undefined ? null : { consumer, key: hash.slice(prefix.length) + name };
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
