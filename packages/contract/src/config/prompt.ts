/** A prompt that is published as an API: its texts with variables, the model it is for, and its versions. */
import { z } from "zod";
import { entityName } from "./names.ts";

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, "a variable is named by letters, digits and underscores");
const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const promptVariable = z.strictObject({
  type: z.enum(["string", "number", "integer", "boolean"]).default("string"),
  description: z.string().optional(),
  /** Used where a call leaves it out; without it the variable is required. */
  default: scalar.optional(),
  enum: z.array(scalar).min(1).max(1000).optional(),
  /** Characters of a string. */
  maxLength: z.int().min(1).max(1_000_000).default(100_000),
});
export type PromptVariable = z.output<typeof promptVariable>;

export const promptVersion = z
  .strictObject({
    /** As applications name it: an alias, or provider/model. */
    model: z.string().min(1),
    /** In their order; `{{name}}` stands for a variable. */
    messages: z.array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1).max(100),
    variables: z.record(variableName, promptVariable).default({}),
    /** Members of a chat completions request, such as temperature, max_tokens, response_format. */
    parameters: z.record(z.string(), z.unknown()).default({}),
  })
  .superRefine((version, context) => {
    version.messages.forEach(({ content }, index) => {
      for (const name of placeholdersIn(content)) {
        if (!Object.hasOwn(version.variables, name)) context.addIssue({ code: "custom", path: ["messages", index, "content"], message: `there is no variable ${name}; define it under variables` });
      }
    });
    for (const [name, variable] of Object.entries(version.variables)) {
      const fault = variable.default === undefined ? null : variableFault(variable, variable.default);
      if (fault) context.addIssue({ code: "custom", path: ["variables", name, "default"], message: `the default ${fault}` });
    }
    for (const name of ["model", "messages", "stream"]) {
      if (Object.hasOwn(version.parameters, name)) context.addIssue({ code: "custom", path: ["parameters", name], message: `${name} is not a parameter here` });
    }
  });
export type PromptVersion = z.output<typeof promptVersion>;

export const prompt = z
  .strictObject({
    description: z.string().optional(),
    /** The version that a call without one gets; by default the last in the list. */
    default: entityName.optional(),
    versions: z.record(entityName, promptVersion).refine((versions) => Object.keys(versions).length > 0, "a prompt has at least one version"),
  })
  .superRefine((value, context) => {
    if (value.default !== undefined && !Object.hasOwn(value.versions, value.default)) {
      context.addIssue({ code: "custom", path: ["default"], message: `there is no version ${value.default}; there are: ${Object.keys(value.versions).join(", ")}` });
    }
  });
export type Prompt = z.output<typeof prompt>;
export type PromptSource = z.input<typeof prompt>;

/** The names in a template's double braces. */
export function placeholdersIn(template: string): string[] {
  return [...template.matchAll(/\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g)].map((match) => match[1] ?? "");
}

/** What is wrong with a value of a variable; null if nothing is. */
export function variableFault(variable: PromptVariable, value: unknown): string | null {
  const type = variable.type === "integer" ? "number" : variable.type;
  if (typeof value !== type) return `has to be ${variable.type === "integer" ? "an integer" : `a ${variable.type}`}`;
  if (variable.type === "integer" && !Number.isSafeInteger(value)) return "has to be an integer";
  if (typeof value === "string" && value.length > variable.maxLength) return `has at most ${variable.maxLength} characters`;
  if (variable.enum && !variable.enum.includes(value as string)) return `is one of ${variable.enum.join(", ")}`;
  return null;
}
