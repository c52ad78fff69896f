/**
 * Hot path (a token that is known already costs one lookup). Verifies JSON web tokens (RFC 7519, RFC 8725): signature by
 * an asymmetric algorithm of the allowed list, issuer, audience, times. What was found good is remembered until the token
 * ends, the issuer's keys are fetched anew, or a minute has passed; what it may do is asked for at every call.
 */
import type { JsonWebTokens } from "@parley/contract/config/access";
import { unescapeToken } from "@parley/merge";
import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from "jose";
import type { KeySet } from "./key-set.ts";

export interface VerifiedToken {
  /** What the claim that names the consumer says; null where it says nothing usable. */
  consumer: string | null;
}

export interface TokenVerifier {
  /** The token, where it was verified a moment ago. */
  known(token: string): VerifiedToken | null;
  /** Rejects with an error of `jose`, or with `KeySetUnavailable`. */
  verify(token: string): Promise<VerifiedToken>;
}

interface Remembered extends VerifiedToken {
  until: number;
  generation: number;
}

const maxRemembered = 10_000;
const rememberedForMs = 60_000;
/** Each costs the verification of a signature. */
const maxKeysTried = 5;
/** Clocks of two machines differ. */
const toleranceSeconds = 30;

export function tokenVerifier(settings: JsonWebTokens, keys: KeySet, now: () => number): TokenVerifier {
  const remembered = new Map<string, Remembered>();
  const path = settings.consumer.slice(1).split("/").map(unescapeToken);
  return {
    known(token) {
      const found = remembered.get(token);
      if (found === undefined) return null;
      if (found.until > now() && found.generation === keys.generation) return found;
      remembered.delete(token);
      return null;
    },
    async verify(token) {
      const payload = await payloadOf(token, keys, {
        issuer: settings.issuer, audience: settings.audience, algorithms: settings.algorithms, clockTolerance: toleranceSeconds,
        currentDate: new Date(now()), requiredClaims: ["exp"],
      });
      const verified: Remembered = { consumer: consumerOf(payload, path), until: Math.min(now() + rememberedForMs, ((payload.exp ?? 0) + toleranceSeconds) * 1000), generation: keys.generation };
      if (remembered.size >= maxRemembered) forgetOldest(remembered);
      remembered.set(token, verified);
      return verified;
    },
  };
}

/** A token that names no key may be of each of several that fit (RFC 7515 §4.1.4 leaves `kid` out). */
async function payloadOf(token: string, keys: KeySet, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys.find, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let tries = 0;
    for await (const key of error) {
      if (tries++ === maxKeysTried) break;
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (failure) {
        // Claims are looked at once the signature is right. What is wrong with one key, as that it is too short, is nothing of the token's.
        if (failure instanceof errors.JWTClaimValidationFailed || failure instanceof errors.JWTExpired) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function consumerOf(payload: JWTPayload, path: readonly string[]): string | null {
  let value: unknown = payload;
  for (const member of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, member)) return null;
    value = (value as Record<string, unknown>)[member];
  }
  return typeof value === "string" && value !== "" ? value : null;
}

function forgetOldest(remembered: Map<string, Remembered>): void {
  const [oldest] = remembered.keys();
  if (oldest !== undefined) remembered.delete(oldest);
}
