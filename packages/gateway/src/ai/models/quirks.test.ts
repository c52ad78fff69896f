import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TranslationNotes } from "../conversation/translation-notes.ts";
import { bendBytes, bendObject, compileQuirks } from "./quirks.ts";

const quirks = compileQuirks("Acme", { drops: ["seed", "user"], refuses: ["n"], renames: { max_completion_tokens: "max_tokens" }, noDeveloperRole: true })!;

describe("what a provider does not take", () => {
  it("is left out of a caller's bytes as it is left out of an object, and all else stays", () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom({ role: "developer" }, "developer", '"role":"developer"'));
    const key = fc.constantFrom("model", "seed", "user", "max_completion_tokens", "max_tokens", "messages", "temperature");
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), fc.constantFrom(undefined, 1, "\t"), (members, indent) => {
        const object = { ...members, messages: [{ role: "developer", content: '"role":"developer"' }, { role: "user", content: "x" }] };
        const bytes = bendBytes(Buffer.from(JSON.stringify(object, null, indent)), quirks, new TranslationNotes());
        const bent = JSON.parse(bytes.toString()) as Record<string, unknown>;
        expect(bent["messages"]).toEqual([{ role: "system", content: '"role":"developer"' }, { role: "user", content: "x" }]);
        expect(Object.keys(bent).sort()).toEqual(Object.keys(bendObject(object as never, quirks, new TranslationNotes())).sort());
      }),
    );
  });

  it("is left out where it stands last, first or alone among its like", () => {
    const bent = (text: string): string => bendBytes(Buffer.from(text), quirks, new TranslationNotes()).toString();
    expect(bent('{"model":"m","seed":1}')).toBe('{"model":"m"}');
    expect(bent('{"model":"m" , "seed":1 , "user":"u" }')).toBe('{"model":"m"   }');
    expect(bent('{"seed":1,"model":"m","user":"u"}')).toBe('{"model":"m"}');
    expect(bent('{"seed":1}')).toBe("{}");
    expect(bent('{"model":"m","n":1}')).toBe('{"model":"m"}');
  });

  it("is said, each once, and what says nothing is not", () => {
    const notes = new TranslationNotes();
    bendBytes(Buffer.from('{"seed":1,"user":null,"n":1}'), quirks, notes);
    expect(notes.warnings.map(({ kind, parameter }) => [kind, parameter])).toEqual([["dropped", "seed"]]);
  });
});
