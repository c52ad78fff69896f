/**
 * `sandbox/embed`: vectors that are the same every time and nearer to one another the more words two texts share, whatever
 * their order, case and endings. It knows nothing of meaning; it shows what a real model would be used for.
 */
const dimensions = 256;
/** Words that say little of what a text is about. "not" does. */
const passedOver = new Set("a an and are as at be by can could do does for from give has have how i in is it its me my of on or please s show tell that the their this to us was we what when where which who will with would you your".split(" "));

export function sandboxEmbedding(text: string): number[] {
  const vector = Array.from({ length: dimensions }, () => 0);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !passedOver.has(word));
  for (const word of telling.length > 0 ? telling : words) {
    const stem = word.length > 3 ? word.replace(/(?:es|s|ing|ed)$/u, "") : word;
    add(vector, stem, 1);
    for (let at = 0; at + 3 <= stem.length; at++) add(vector, `~${stem.slice(at, at + 3)}`, 0.25);
  }
  const length = Math.hypot(...vector);
  if (length === 0) vector[0] = 1;
  return length === 0 ? vector : vector.map((value) => Number((value / length).toFixed(6)));
}

/** FNV-1a; its lowest bit is the sign, so that what falls together does not add up. */
function add(vector: number[], feature: string, weight: number): void {
  let hash = 0x811c9dc5;
  for (let index = 0; index < feature.length; index++) hash = Math.imul(hash ^ feature.charCodeAt(index), 0x01000193) >>> 0;
  const place = (hash >>> 1) % dimensions;
  vector[place] = (vector[place] ?? 0) + (hash & 1 ? weight : -weight);
}
