/** Ways of access to a service, and what JSON web tokens are held against. */
import { z } from "zod";
import { httpUrl } from "./names.ts";

export const access = z.enum(["open", "key", "jwt", "mtls"]);

/** Asymmetric ones only: with a shared secret whoever can verify could also sign (RFC 8725 §2.1, §3.1). */
export const tokenAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"] as const;

export const jsonWebTokens = z.strictObject({
  issuer: z.string().min(1),
  /** Where the issuer's public keys stand (RFC 7517). */
  jwks: httpUrl.refine(isSecureOrLoopback, "a key set is fetched by https; plain http is for loopback only"),
  /** One that the token has to be for. */
  audience: z.union([z.string(), z.array(z.string()).min(1)]),
  algorithms: z.array(z.enum(tokenAlgorithms)).min(1).default(["RS256", "ES256", "PS256", "EdDSA"]),
  /** JSON pointer to the claim that names the consumer. */
  consumer: z.string().regex(/^\/./, "a claim is named by a JSON pointer, such as /client_id").default("/sub"),
});
export type JsonWebTokens = z.output<typeof jsonWebTokens>;

function isSecureOrLoopback(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
