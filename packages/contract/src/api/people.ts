import { z } from "zod";

export const role = z.enum(["owner", "editor", "viewer"]);
export const personName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/, "a name is 1 to 128 letters, digits or . _ @ + -");
export const password = z.string().min(12, "a password has at least 12 characters").max(1024);

export const person = z.object({
  name: personName,
  role,
  disabled: z.boolean(),
  /** False until the sign-in link was used and a password set. */
  active: z.boolean(),
  etag: z.string(),
  createdAt: z.string(),
  lastSeenAt: z.string().optional(),
});
export type Person = z.infer<typeof person>;

export const session = z.object({
  person: z.object({ name: z.string(), role }),
  /** Where the configuration is changed: here, or in a file. */
  mode: z.enum(["database", "file"]),
  expiresAt: z.string(),
});
export type Session = z.infer<typeof session>;

/** A link that signs in once, to set a password. */
export const signInLink = z.object({ url: z.string(), expiresAt: z.string() });
