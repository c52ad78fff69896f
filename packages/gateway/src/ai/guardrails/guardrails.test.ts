import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guardrail, type GuardrailSource } from "@parley/contract/config/ai-guardrails";
import { compileGuardrail } from "./compiled-guardrail.ts";
import { GuardNotes } from "./guard-notes.ts";
import { GuardedText } from "./output-guard.ts";
import { redacted, type TextRule } from "./text-rule.ts";

function ruleOf(source: GuardrailSource): TextRule {
  const { text } = compileGuardrail("test", guardrail.parse(source));
  if (!text) throw new Error("it looks at no text");
  return text;
}

const everything = ruleOf({ detect: ["secrets", "personal-data", "ip-address"] });
const pem = `-----BEGIN RSA PRIVATE KEY-----\n${"MIIEow+/abc\n".repeat(20)}-----END RSA PRIVATE KEY-----`;

const found: [kind: string, text: string][] = [
  ["email", "jane.doe+work@example.co.uk"], ["iban", "DE89 3704 0044 0532 0130 00"], ["iban", "GB82WEST12345698765432"], ["card", "4111 1111 1111 1111"], ["card", "5500-0000-0000-0004"],
  ["ssn", "123-45-6789"], ["phone", "+49 30 901820 11"], ["phone", "(555) 123-4567"], ["phone", "+14155552671"], ["ip-address", "192.168.1.77"],
  ["api-key", "sk-proj-abcdefghijklmnop1234"], ["api-key", "sk-ant-api03-abcdefghijklmnop1234"], ["api-key", "AKIAIOSFODNN7EXAMPLE"], ["api-key", `ghp_${"a1".repeat(18)}`], ["api-key", `AIza${"b".repeat(35)}`],
  ["jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"], ["private-key", pem],
];
const harmless = ["4111 1111 1111 1112", "DE89 3704 0044 0532 0130 02", "000-12-3456", "2026-11-22 17:20", "version 1.2.3.400", "a@b", "the year 2026", "sk-short", "1, 2, 3, 4, 5", "eyJ.notatoken"];

describe("detectors", () => {
  it.each(found)("find %s in a sentence, at its beginning and at its end", (kind, text) => {
    for (const sentence of [text, `It is ${text}.`, `${text}, said she`, `(${text})`, `said "${text}"`]) {
      const findings = everything.find(sentence);
      expect(findings.map((finding) => finding.kind), sentence.slice(0, 60)).toContain(kind);
      expect(redacted(sentence, findings)).not.toContain(text);
    }
  });

  it.each(harmless)("leave %s alone", (text) => {
    expect(everything.find(`It is ${text}, I think`)).toEqual([]);
  });

  it("stay fast on what makes other engines run away", () => {
    const rule = ruleOf({ detect: ["secrets", "personal-data"], patterns: { evil: "(a+)+$" } });
    const since = performance.now();
    for (const text of ["a".repeat(50_000) + "!", "1".repeat(50_000), "1 ".repeat(25_000), "a@".repeat(25_000), "A1 ".repeat(20_000), "-----BEGIN ".repeat(5_000), `eyJ${"a".repeat(50_000)}`, "x.".repeat(25_000)]) rule.find(text);
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});

describe("a text that comes in pieces", () => {
  const words = fc.constantFrom(...found.map(([, text]) => text), ...harmless, "Hello", "the", " ", "\n", "é漢", "A", "1", "-", "@", "secret project-x", ".");
  const rules = [everything, ruleOf({ detect: ["email"], patterns: { project: "project-[a-z]+", literal: "secret" } })];

  it("gives out what the whole text gives, wherever it is cut, and never a part of what is found", () => {
    fc.assert(
      fc.property(fc.constantFrom(...rules), fc.array(words, { maxLength: 12 }), fc.array(fc.nat(60), { minLength: 1, maxLength: 40 }), (rule, parts, cuts) => {
        const text = parts.join(" ");
        const source = guardrail.parse({ detect: ["email"] });
        const rail = { ...compileGuardrail("test", source), text: rule };
        const guarded = new GuardedText([rail], new GuardNotes({}));
        let out = "";
        let at = 0;
        for (let index = 0; at < text.length; index++) {
          const end = at + (cuts[index % cuts.length] ?? 1) + 1;
          out += guarded.push(text.slice(at, end));
          at = end;
        }
        out += guarded.finish();
        expect(out).toBe(redacted(text, rule.find(text)));
      }),
      { numRuns: 400 },
    );
  });

  it("is not held back longer than it takes to decide", () => {
    const rail = { ...compileGuardrail("test", guardrail.parse({ detect: ["secrets", "personal-data"] })) } as ReturnType<typeof compileGuardrail> & { text: TextRule };
    const guarded = new GuardedText([rail], new GuardNotes({}));
    expect(guarded.push("Once upon a time, ")).toContain("Once upon a time,");
    expect(guarded.push("there was a secret: sk-proj-")).toBe(" there was a secret: ");
    expect(guarded.push("abcdefghijklmnopqrst")).toBe("");
    expect(guarded.push(", and that was it. ")).toBe("[redacted: api-key], and that was it");
  });
});
