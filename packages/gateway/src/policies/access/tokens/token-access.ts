/** Hot path. `access: jwt`: the caller's bearer token says which consumer calls. The token goes on to the service, whose it is. */
import type { Refusal } from "@parley/contract/problems/problem";
import type { JsonWebTokens } from "@parley/contract/config/access";
import { errors } from "jose";
import type { AnswerSink } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import type { Handler } from "../../../pipeline/policy.ts";
import type { PipelinePorts, RoutePlan } from "../../../pipeline/route-plan.ts";
import { mayCall, notAllowed } from "../may-call.ts";
import { bearerToken } from "../presented-keys.ts";
import { KeySetUnavailable } from "./key-set.ts";
import { tokenVerifier, type VerifiedToken } from "./token-verifier.ts";

/** What stands for a key in the call's record. */
const keyName = "jwt";
/** A token beyond it is not looked at. */
const maxTokenLength = 16 * 1024;

export function tokenAccess(plan: RoutePlan, settings: JsonWebTokens, ports: PipelinePorts): (next: Handler) => Handler {
  const verifier = tokenVerifier(settings, ports.keySets.at(settings.jwks), () => ports.now());
  return (next) => (exchange, sink) => {
    const token = bearerToken(exchange.headers.authorization);
    if (token === null || token === "") return sink.fault(missingToken);
    if (token.length > maxTokenLength) return sink.fault(invalidToken("It is too long."));
    const known = verifier.known(token);
    if (known !== null) return admit(known, { exchange, sink, next });
    return verifier.verify(token).then(
      (verified) => admit(verified, { exchange, sink, next }),
      (error: unknown) => sink.fault(refusalOf(error)),
    );
  };

  function admit({ consumer }: VerifiedToken, { exchange, sink, next }: { exchange: Exchange; sink: AnswerSink; next: Handler }): void | Promise<void> {
    if (consumer === null) return sink.fault(invalidToken(`Its claim ${settings.consumer} names no consumer.`));
    if (!mayCall(consumer, plan, ports)) return sink.fault(notAllowed(consumer, plan.service));
    exchange.caller = { consumer, key: keyName };
    exchange.record.consumer = consumer;
    exchange.record.key = keyName;
    return next(exchange, sink);
  }
}

const missingToken: Refusal = { code: "missing-token", detail: "The call carries no bearer token.", headers: { "WWW-Authenticate": 'Bearer realm="parley"' } };

function invalidToken(reason: string): Refusal {
  return {
    code: "invalid-token",
    detail: `The token is not accepted. ${reason}`,
    headers: { "WWW-Authenticate": `Bearer realm="parley", error="invalid_token", error_description="${reason.replaceAll(/["\\]/g, "'")}"` },
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof KeySetUnavailable) return { code: "token-keys-unavailable", detail: "The keys that verify tokens cannot be fetched from their issuer." };
  return invalidToken(reasonOf(error));
}

/** In words of our own: what a library says could quote the token. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "It has expired.";
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf") return "It is not valid yet.";
  if (error instanceof errors.JWTClaimValidationFailed) return error.reason === "missing" ? `Its claim ${error.claim} is missing.` : `Its claim ${error.claim} is not what the service asks for.`;
  if (error instanceof errors.JOSEAlgNotAllowed) return "Its algorithm is not allowed.";
  if (error instanceof errors.JWKSNoMatchingKey) return "Its issuer has no such key.";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "Its signature is wrong.";
  if (error instanceof TypeError) return "Its issuer's key cannot be used: it is too short, or of another kind.";
  return "It is no JSON web token.";
}
