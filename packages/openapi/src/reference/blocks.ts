/** What a page for people is made of, before it is HTML or Markdown: text stays text until then, and links are http(s) or the gateway's own. */

export type Inline = string | { code: string } | { strong: string } | { link: string; text: string };

export type Block =
  | { kind: "heading"; level: 2 | 3 | 4; text: readonly Inline[]; id?: string }
  | { kind: "paragraph"; text: readonly Inline[]; soft?: boolean }
  /** `depth` counts from 0. */
  | { kind: "list"; items: readonly { depth: number; text: readonly Inline[] }[] }
  | { kind: "code"; text: string }
  /** An example request; where it goes to and how it is let in is known when the page is written. */
  | { kind: "request"; method: string; path: string; fields: readonly (readonly [name: string, value: string])[]; body: string | null };

export function paragraph(...text: Inline[]): Block {
  return { kind: "paragraph", text };
}

/** What is long ends with a mark that it does. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}
