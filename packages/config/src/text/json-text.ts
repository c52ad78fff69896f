/** A file that is JSON, which is YAML: read by the engine's own parser in a tenth of the time. */

/** Null where YAML has to say what it is, or what is wrong with it. */
export function dataOfJson(text: string): object | null {
  if (text.charCodeAt(0) !== 123) return null;
  const data = parsed(text);
  // JSON takes the last of two equal keys; here they are a mistake, and a key that is missing in the data was one of two.
  return data !== null && membersOf(data) === membersWritten(text) ? data : null;
}

function parsed(text: string): object | null {
  try {
    return JSON.parse(text) as object;
  } catch {
    return null;
  }
}

/** As deep as YAML may be nested: deeper is for its reader to refuse, with the place. */
const maxDepth = 100;

/** NaN where there is a key that a configuration cannot have, or too much depth. */
function membersOf(data: object, depth = 1): number {
  if (depth > maxDepth) return Number.NaN;
  let members = 0;
  if (Array.isArray(data)) {
    for (const item of data) if (typeof item === "object" && item !== null) members += membersOf(item as object, depth + 1);
    return members;
  }
  for (const name in data) {
    if (name === "__proto__" || name === "<<") return Number.NaN;
    const value = (data as Record<string, unknown>)[name];
    members += typeof value === "object" && value !== null ? 1 + membersOf(value, depth + 1) : 1;
  }
  return members;
}

/** Each has one colon outside of texts. */
function membersWritten(text: string): number {
  let members = 0;
  let isText = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (isText && character === 92) index++;
    else if (character === 34) isText = !isText;
    else if (character === 58 && !isText) members++;
  }
  return members;
}
