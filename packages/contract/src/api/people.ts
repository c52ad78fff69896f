import { z } from "zod";

export const role = z.enum(["owner", "editor", "viewer"]);
export const personName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/, "a name is 1 to 128 letters, digits or . _ @ + -");
/**
 * Who else does things, as the audit log names them: the admin token, the command line on the machine itself, the configuration
 * file, the first start, the environment, and a rollout that decides by itself. No person is called so from now on.
 */
export const ownActors = ["token", "cli", "file", "start", "environment", "rollout"] as const;

export function isOwnActor(name: string): boolean {
  return (ownActors as readonly string[]).includes(name.toLowerCase());
}

export const ownActorMessage = `${ownActors.join(", ")} are in the audit log what is no person: choose another name`;
export const newPersonName = personName.refine((name) => !isOwnActor(name), ownActorMessage);

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
