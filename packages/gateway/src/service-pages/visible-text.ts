/** What turns the direction of writing, or is no character at all, would make a page say something else than its source: it is shown as missing. */
export function visibleText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for.
  return text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
