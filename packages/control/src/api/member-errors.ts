/** What a schema found wrong, as the problem document tells it: each with the JSON pointer of the member. */
import { formatPointer } from "@parley/merge";
import type { z } from "zod";
import type { MemberError } from "../refusal.ts";

type Issue = z.core.$ZodIssue;

/** Unknown members are named one by one, at their own place. */
export function memberErrors(error: z.ZodError): MemberError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [{ pointer: formatPointer(issue.path.map(String)), message: messageOf(issue) }];
    return issue.keys.map((key) => ({ pointer: formatPointer([...issue.path.map(String), key]), message: "there is no such member" }));
  });
}

const typeNames: Readonly<Record<string, string>> = { string: "text", number: "a number", int: "a whole number", boolean: "true or false", array: "a list", object: "an object", record: "an object", null: "null", nan: "no number" };

/** The schema's own words where it has some; else what is there, and what belongs there. */
export function messageOf(issue: Issue): string {
  if (issue.code === "invalid_union") return unionMessage(issue);
  if (issue.code === "invalid_value" && issue.message.startsWith("Invalid ")) return `has to be ${wordsOf(issue.values.map(String))}`;
  const [, received] = /^Invalid input: expected .*, received (\w+)$/.exec(issue.message) ?? [];
  if (issue.code !== "invalid_type" || received === undefined) return issue.message;
  const expected = typeName(issue.expected);
  return received === "undefined" ? `missing; it has to be ${expected}` : `is ${typeName(received)}, and has to be ${expected}`;
}

/** The mistake of the one form that was meant, where there is no doubt about it. */
function unionMessage(issue: Extract<Issue, { code: "invalid_union" }>): string {
  if (issue.message !== "Invalid input") return issue.message;
  const forms = issue.errors.flatMap(([first]) => (first === undefined || first.path.length > 0 ? [] : [messageOf(first)]));
  const wanted = [...new Set(forms.map((form) => form.replace(/^.*has to be /, "")))];
  return wanted.length === 0 ? "has none of the forms that it can have" : `has to be ${wordsOf(wanted)}`;
}

function typeName(name: string): string {
  return typeNames[name] ?? name;
}

function wordsOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "something else") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
