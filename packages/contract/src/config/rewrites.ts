/** What is changed of requests and answers on their way, who may call from where, and which web pages may read answers. */
import { z } from "zod";
import { duration } from "../units.ts";
import { cidr } from "./names.ts";

/** `deny` goes before `allow`; with `allow` written, whoever is not in it stays out. */
export const addresses = z.strictObject({ allow: z.array(cidr).max(10_000).optional(), deny: z.array(cidr).max(10_000).default([]) });
export type Addresses = z.output<typeof addresses>;

const fieldName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "not a header name")
  .refine((name) => !/^(?:host|connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|content-length|via|parley[-_].*)$/i.test(name), "the gateway sets this field itself");
const fieldValue = z.string().max(8192).regex(/^[\t\x20-\x7e\x80-\xff]*$/, "a field's value has no control characters");
const fields = z.record(fieldName, fieldValue);

export const fieldChanges = z.strictObject({
  /** In the place of what came. */
  set: fields.default({}),
  /** Besides what came. */
  add: fields.default({}),
  remove: z.array(fieldName).max(100).default([]),
});
export type FieldChanges = z.output<typeof fieldChanges>;

/** Segments are taken as they stand, `{name}` is any one, and `**` at the end is all that follows. */
export const pathPattern = z
  .string()
  .regex(/^(?:\/(?:\{[A-Za-z]\w*\}|[A-Za-z0-9._~!$&'()+,;=:@%-]+))*(?:\/\*\*)?\/?$/, "a pattern such as /orders/{id}/items or /old/**")
  .refine((text) => text !== "", "a pattern starts with a slash");

const pathChange = z.strictObject({ from: pathPattern, to: pathPattern }).superRefine(({ from, to }, context) => {
  for (const name of placeholders(to)) if (!placeholders(from).includes(name)) context.addIssue({ code: "custom", path: ["to"], message: `${name} does not stand in ${from}` });
});

export const rewrite = z.strictObject({
  /** Of what is below the service's path; the first that matches. */
  path: z.array(pathChange).max(100).default([]),
  query: z.strictObject({ set: z.record(z.string().min(1), z.string()).default({}), remove: z.array(z.string()).max(100).default([]) }).prefault({}),
  request: fieldChanges.prefault({}),
  response: fieldChanges.prefault({}),
});
export type Rewrite = z.output<typeof rewrite>;

export const redirect = z
  .strictObject({ from: pathPattern, to: z.string().min(1).max(2000).regex(/^[\x21-\x7e]*$/, "an address has no white space, and other letters as %C3%A9"), status: z.union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)]).default(308) })
  .superRefine(({ from, to }, context) => {
    if (!/^(?:https?:\/\/[^/]|\/(?!\/))/.test(to)) context.addIssue({ code: "custom", path: ["to"], message: "a redirect leads to a path on this gateway, such as /new/{id}, or to an http or https URL" });
    for (const name of placeholders(to)) if (!placeholders(from).includes(name)) context.addIssue({ code: "custom", path: ["to"], message: `${name} does not stand in ${from}` });
  });
export type Redirect = z.output<typeof redirect>;

/** The name of a field, or `*`, which stands among the letters of one. */
const fieldWord = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of a header field");

/** Which web pages of other origins may call from a browser (the CORS protocol of the Fetch standard). */
export const cors = z
  .strictObject({
    origins: z.array(z.union([z.literal("*"), z.string().regex(/^https?:\/\/[^/?#\s]+$/, "an origin such as https://app.example.com, or *")])).min(1).max(1000),
    /** By default all that are asked for. */
    methods: z.array(z.string().regex(/^[A-Z]+$/, "a method in capitals")).optional(),
    headers: z.array(fieldWord).optional(),
    /** Fields of answers that the page may read, besides ETag and what the gateway says of itself. */
    expose: z.array(fieldWord).default([]),
    /** Lets pages send cookies and HTTP authentication; never with `*`. */
    credentials: z.boolean().default(false),
    maxAge: duration.prefault("10m"),
  })
  .refine(({ origins, credentials }) => !(credentials && origins.includes("*")), { message: "credentials cannot be allowed to every origin; list the origins", path: ["credentials"] });
export type Cors = z.output<typeof cors>;

function placeholders(pattern: string): string[] {
  return pattern.match(/\{[A-Za-z]\w*\}|\*\*/g) ?? [];
}
