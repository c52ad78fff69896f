/** A published API: its path, where it runs, who may call it. */
import { z } from "zod";
import { access, jsonWebTokens } from "./access.ts";
import { cache } from "./cache.ts";
import { canary } from "./canary.ts";
import { compression } from "./compression.ts";
import { conflict } from "./conflict.ts";
import { serviceLimit } from "./limits.ts";
import { mirror, mirrorMistake } from "./mirror.ts";
import { pathPrefix } from "./names.ts";
import { answersSampled, documentSettings } from "./openapi.ts";
import { addresses, cors, redirect, rewrite } from "./rewrites.ts";
import { mutualTls } from "./tls.ts";
import { upstream } from "./upstream.ts";
import { versions } from "./versions.ts";

export const service = z
  .strictObject({
    path: pathPrefix,
    upstream: upstream.optional(),
    access: access.default("key"),
    jwt: jsonWebTokens.optional(),
    /** For `access: mtls`. */
    mtls: mutualTls.optional(),
    limits: z.array(serviceLimit).max(32).default([]),
    /** From where it may be called. */
    addresses: addresses.optional(),
    cors: cors.optional(),
    /** Off without it. */
    compression: compression.optional(),
    /** What is kept of its answers; nothing without it. */
    cache: cache.optional(),
    redirects: z.array(redirect).max(1000).optional(),
    rewrite: rewrite.optional(),
    conflict: conflict.prefault({}),
    /** The document of a service without versions; `validate` is that of versions which say none. */
    ...documentSettings,
    validateAnswers: answersSampled,
    versions: versions.optional(),
    canary: canary.optional(),
    /** Copies of a share of the calls, to see whether another version answers alike. */
    mirror: mirror.optional(),
  })
  .superRefine((value, context) => {
    const everyVersionHasItsOwn = value.versions && Object.values(value.versions.list).every((entry) => entry.upstream ?? entry.adapt);
    if (!value.upstream && !everyVersionHasItsOwn) {
      context.addIssue({ code: "custom", path: ["upstream"], message: "a service needs an upstream, its own or one for every version" });
    }
    const mistake = mirrorMistake(value);
    if (mistake) context.addIssue({ code: "custom", path: ["mirror", ...mistake.path], message: mistake.message });
  });
export type Service = z.output<typeof service>;
export type ServiceSource = z.input<typeof service>;
