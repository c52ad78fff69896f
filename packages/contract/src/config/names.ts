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

/** An address, or a network of them. Written wrongly it would be in no list, and whoever was to stay out would be let in. */
export const cidr = z.string().refine(isNetwork, "an address, or a CIDR such as 10.0.0.0/8 or 2001:db8::/32");

function isNetwork(text: string): boolean {
  const [address = "", length, ...rest] = text.split("/");
  const bits = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address) ? 32 : 128;
  const isAddress = bits === 32 ? address.split(".").every((part) => Number(part) <= 255 && String(Number(part)) === part) : /^[0-9a-fA-F:.]+$/.test(address) && URL.canParse(`http://[${address}]`);
  return isAddress && rest.length === 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits));
}

/** What is listened on. Node takes an empty one, which a variable without a value leaves behind, for every address of the machine. */
export const listenHost = z
  .string()
  .regex(/^(?:[A-Za-z0-9_][A-Za-z0-9._-]*|(?=[^%]*:)[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)$/, "an address of this machine such as 127.0.0.1, a name of it such as localhost, or 0.0.0.0 or :: for all of its addresses");

/** What a header field can hold: one line, and no letter that HTTP has no byte for. Such as a key that was read with the end of its line would fail with every call. */
export const fieldText = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "one line of Latin letters, as a header field can hold them");

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
