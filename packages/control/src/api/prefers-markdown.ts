/** True where Markdown is named and HTML is not wanted more. */
export function prefersMarkdown(accept: string): boolean {
  const weightOf = (type: string): number => {
    const entry = accept.split(",").map((one) => one.trim().toLowerCase()).find((one) => one.split(";")[0]?.trim() === type);
    return entry === undefined ? 0 : Number(/;\s*q=([\d.]+)/.exec(entry)?.[1] ?? 1);
  };
  return weightOf("text/markdown") > 0 && weightOf("text/markdown") >= weightOf("text/html");
}
