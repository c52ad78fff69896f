/** YAML to and from specs. The library is fetched when somebody first looks at YAML. */

export async function yamlOf(value: unknown): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(value, { lineWidth: 0 });
}

/** Throws an Error whose message has the place and can be shown. */
export async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import("yaml");
  return parse(text) as unknown;
}

/** The value at its place in parley.yaml. */
export function placed(place: readonly string[], value: unknown): unknown {
  return place.reduceRight<unknown>((inner, member) => ({ [member]: inner }), value);
}
