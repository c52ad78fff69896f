import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blocksOf, spansOf } from "./blocks.ts";

describe("Markdown", () => {
  test("is read as models write it", () => {
    const source = "# Title\n\nSome text\nin two lines\n\n- one\n- two\n  goes on\n\n1. first\n2. second\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n```ts\nconst a = 1;\n\n// b\n```\nafter";
    expect(blocksOf(source)).toEqual([
      { kind: "heading", level: 1, text: "Title" },
      { kind: "paragraph", text: "Some text\nin two lines" },
      { kind: "list", ordered: false, items: ["one", "two goes on"] },
      { kind: "list", ordered: true, items: ["first", "second"] },
      { kind: "quote", text: "said" },
      { kind: "table", head: ["a", "b"], rows: [["1", "2"]] },
      { kind: "rule" },
      { kind: "code", language: "ts", text: "const a = 1;\n\n// b" },
      { kind: "paragraph", text: "after" },
    ]);
  });

  test("a fence that is still open holds what has come", () => {
    expect(blocksOf("```\nhalf")).toEqual([{ kind: "code", language: "", text: "half" }]);
  });

  test("HTML and scripts are text, and an address is told apart from its words", () => {
    expect(blocksOf("<img src=x onerror=alert(1)>")).toEqual([{ kind: "paragraph", text: "<img src=x onerror=alert(1)>" }]);
    expect(spansOf("see [here](javascript:alert(1)) and ![x](https://a.example/p.png)")).toEqual([
      { kind: "text", text: "see " }, { kind: "link", text: "here", address: "javascript:alert(1" }, { kind: "text", text: ") and " }, { kind: "link", text: "x", address: "https://a.example/p.png" },
    ]);
    expect(spansOf("2 * 3 * 4 and **strong** `a*b*`")).toEqual([{ kind: "text", text: "2 * 3 * 4 and " }, { kind: "strong", text: "strong" }, { kind: "text", text: " " }, { kind: "code", text: "a*b*" }]);
  });

  test("no text makes it fail or never end, and no word is lost from paragraphs", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", " ", "\n", "#", "*", "-", ">", "`", "|", "[", "]", "(", ")", "1", "."), maxLength: 200 }), (source) => {
      const letters = (text: string) => text.replaceAll(/[^a]/g, "").length;
      const shown = JSON.stringify(blocksOf(source).map(({ kind, ...rest }) => (kind === "code" ? { ...rest, text: (rest as { text: string }).text } : rest)));
      expect(letters(shown)).toBeGreaterThanOrEqual(letters(source) - letters(source.split("\n").filter((line) => /^\s{0,3}(`{3}|~{3})/.test(line)).join("")));
      expect(spansOf(source).map(({ text }) => text).join("").length).toBeLessThanOrEqual(source.length);
    }));
  });
});
