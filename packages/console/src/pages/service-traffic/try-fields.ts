/** Header fields as somebody writes them, one a line. */

export function headersOf(fields: string): Record<string, string> {
  const lines = fields.split("\n").filter((line) => line.includes(":"));
  return { "content-type": "application/json", ...Object.fromEntries(lines.map((line) => [nameIn(line), line.slice(line.indexOf(":") + 1).trim()])) };
}

/** In the place of those of this name, or at the end. */
export function withField(fields: string, name: string, value: string): string {
  const others = fields.split("\n").filter((line) => line.trim() !== "" && nameIn(line) !== name.toLowerCase());
  return [...others, `${name}: ${value}`].join("\n");
}

function nameIn(line: string): string {
  return line.slice(0, line.indexOf(":")).trim().toLowerCase();
}
