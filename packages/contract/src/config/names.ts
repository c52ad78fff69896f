import { z } from "zod";

/** The name of a configured thing: it appears in paths, file names and metrics, so its alphabet is small. */
export const entityNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
export const entityName = z
  .string()
  .regex(entityNamePattern, "a name is 1 to 63 letters, digits, dots, dashes or underscores, and starts with a letter or a digit");

/** A path prefix on the gateway: starts with a slash, ends without one (the root excepted). */
export const pathPrefix = z
  .string()
  .regex(/^\/(?:[A-Za-z0-9._~!$&'()*+,;=:@%-]+(?:\/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*)?$/, "a path starts with a slash and ends without one, such as /notes")
  .refine((path) => !path.startsWith("/.well-known/parley"), "/.well-known/parley is the gateway's own")
  // Two spellings of one path would be two services at it, of which one gets no call.
  .refine((path) => !/%(?![0-9A-F]{2})|%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/.test(path), "in a path an escape is written in capitals, as %2F, and what needs none is written plainly")
  .refine((path) => !path.split("/").some((segment) => segment === "." || segment === ".."), "a path has no . and .. in it: no call can have them");

/** An http or https URL without a query, a fragment or credentials. */
export const httpUrl = z.string().superRefine((text, context) => {
  const problem = httpUrlProblem(text);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

function httpUrlProblem(text: string): string | null {
  if (!URL.canParse(text)) return `"${text}" is not a URL; write it as http://host:port/path`;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return `"${text}" must begin with http:// or https://`;
  if (url.username || url.password) return "credentials do not belong into a URL; use credentials or apiKey";
  if (url.search || url.hash) return "a target's URL has no query and no fragment";
  return null;
}
