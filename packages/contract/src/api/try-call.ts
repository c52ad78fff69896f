/** A call that a person makes from the console: it goes through the gateway like any other, with a key of its own. */
import { z } from "zod";

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, "the name of a header field");
const headerValue = z.string().max(8_192).regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/, "one line of a header field");

/** The consumer whose calls these are; its key is named for the person. One of that name in the configuration has its limits and rights. */
export const tryConsumer = "playground";

export const callToTry = z.strictObject({
  method: z.string().regex(/^[A-Z]{1,20}$/, "a method such as GET").default("GET"),
  /** On the gateway, with its query. */
  path: z.string().max(8_192).regex(/^\/[\u0021-\u007e]*$/, "a path on the gateway, such as /notes/7"),
  headers: z.record(headerName, headerValue).refine((headers) => Object.keys(headers).length <= 100, "at most 100 header fields").default({}),
  body: z.string().optional(),
});
export type CallToTry = z.output<typeof callToTry>;

/** The same to a server that is none of the services: its origin, on the public internet. Nothing of Parley's own goes along. */
export const callElsewhere = z.strictObject({
  ...callToTry.shape,
  target: z
    .url({ protocol: /^https?$/, error: "an origin such as https://staging.example.com" })
    .max(2_048)
    .refine((text) => URL.canParse(text) && new URL(text).username === "" && new URL(text).password === "", "without a name and a password")
    .refine((text) => URL.canParse(text) && new URL(text).pathname === "/" && new URL(text).search === "" && new URL(text).hash === "", "an origin only; the path stands in `path`"),
});
export type CallElsewhere = z.output<typeof callElsewhere>;

/**
 * The data of the events, in this order: `head` once, `text` or `bytes` (base64) as they come, and `end`, which says when
 * the answer broke off, or was longer than what is passed on.
 */
export const tryEvent = z.union([
  z.object({ status: z.number(), headers: z.array(z.tuple([z.string(), z.string()])), callId: z.string().nullable(), firstByteMs: z.number() }),
  z.object({ text: z.string() }),
  z.object({ base64: z.string() }),
  z.object({ durationMs: z.number(), bytes: z.number(), broken: z.string().nullable(), truncated: z.boolean() }),
]);
