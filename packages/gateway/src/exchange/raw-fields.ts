/** Hot path (benchmark: guard). Header sections as name, value, name, value, …: finding and leaving out fields. */

/** The values of a field joined as a list; undefined where it is absent. `lowerName` is in lower case. */
export function fieldValue(rawHeaders: readonly string[], lowerName: string): string | undefined {
  let value: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length !== lowerName.length || name.toLowerCase() !== lowerName) continue;
    value = value === undefined ? (rawHeaders[index + 1] as string) : `${value}, ${rawHeaders[index + 1]}`;
  }
  return value;
}

export function withoutFields(rawHeaders: readonly string[], lowerNames: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (!lowerNames.has(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] as string);
  }
  return kept;
}

/** Only the fields that are named. */
export function onlyFields(rawHeaders: readonly string[], wanted: (lowerName: string) => boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (wanted(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] as string);
  }
  return kept;
}
