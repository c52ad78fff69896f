/** A service's or a version's OpenAPI document, and how calls are held to it. */
import { z } from "zod";

/** `warn` notes what is not as the document says in the call record; `enforce` refuses such requests. Answers are never refused. */
const validation = z.enum(["off", "warn", "enforce"]);
export type Validation = z.output<typeof validation>;

export const documentSettings = {
  /** A file (relative to the configuration file) or an http(s) URL: OpenAPI 3.0 or 3.1, JSON or YAML. */
  openapi: z.string().min(1).optional(),
  /** Without it `warn`, once there is a document. */
  validate: validation.optional(),
  /** Breaking changes of the document that may be published: their ids, as the refusal lists them, or all. */
  acknowledge: z.union([z.literal("all"), z.array(z.string().regex(/^[0-9a-f]{12}$/, "an id is twelve hexadecimal digits, as the refusal lists them")).max(5_000)]).optional(),
};

/** Which of the answers are held to the document: from 0, none, to 1, all. */
export const answersSampled = z.number().min(0).max(1).default(0.05);
