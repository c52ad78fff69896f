/**
 * Hot path (benchmark: observe). 64 bits of a value, under a secret salt that lives in memory only. No cryptographic hash is needed: nobody sees a
 * digest or the salt, so nobody can look for two values that share one, and by chance it happens once in 2^64.
 */
export interface Salt {
  high: number;
  low: number;
}

/** The result is in the pair that is passed in, so that nothing is allocated per value. */
export interface HashPair {
  high: number;
  low: number;
}

export function hashText(salt: Salt, text: string, into: HashPair): void {
  let high = salt.high ^ text.length;
  let low = salt.low ^ (text.length << 16);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
    high ^= low >>> 15;
    low ^= high >>> 13;
  }
  into.high = finish(high ^ salt.low);
  into.low = finish(low ^ salt.high ^ into.high);
}

function finish(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
