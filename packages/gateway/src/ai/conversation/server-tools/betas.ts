/** Anthropic's words for what is new in its API, in the header field that lists them. */
export function withBetas(headers: readonly string[], betas: readonly string[]): readonly string[] {
  if (betas.length === 0) return headers;
  const at = headers.indexOf("anthropic-beta");
  return at === -1 ? [...headers, "anthropic-beta", betas.join(",")] : headers.with(at + 1, [headers[at + 1], ...betas].join(","));
}
