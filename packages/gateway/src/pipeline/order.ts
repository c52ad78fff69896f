/**
 * What happens to a call, in order. This is the only place that knows it; each policy says in its own folder what it
 * does. A policy answers itself, or hands the call to the one below; answers travel back up the same way.
 */
import { accessPolicy } from "../policies/access/access.ts";
import { adaptersPolicy } from "../policies/adapters/adapters.ts";
import { addressesPolicy } from "../policies/addresses/addresses.ts";
import { answerHeadersPolicy } from "../policies/answer-headers/answer-headers.ts";
import { cachePolicy } from "../policies/cache/cache.ts";
import { compressionPolicy } from "../policies/compression/compression.ts";
import { conflictPolicy } from "../policies/conflict/conflict.ts";
import { corsPolicy } from "../policies/cors/cors.ts";
import { documentsPolicy } from "../policies/documents/documents.ts";
import { limitsPolicy } from "../policies/limits/limits.ts";
import { redirectsPolicy } from "../policies/redirects/redirects.ts";
import { versionsPolicy } from "../policies/versions/versions.ts";
import type { Policy } from "./policy.ts";
import type { PipelinePorts, RoutePlan } from "./route-plan.ts";

export const pipelineOrder: readonly Policy<RoutePlan, PipelinePorts>[] = [
  // Before anything else is looked at: who calls from a wrong place learns nothing at all.
  addressesPolicy,
  // Before access, because browsers ask for permission without a key, and want to read refusals.
  corsPolicy,
  // So early that nobody without a right learns anything or costs anything; what follows knows the caller.
  accessPolicy,
  // As soon as the caller is known, whose version it may be; limits and everything below may depend on it.
  versionsPolicy,
  // Where to look instead costs nothing and is no secret to whoever may call.
  redirectsPolicy,
  // Before anything that works for the call, and after access, because limits belong to a known consumer.
  limitsPolicy,
  // Once somebody may call and has not called too often: judging a body costs time. Above all that may change it.
  documentsPolicy,
  // Above everything that reads or changes answers, which it makes unreadable.
  compressionPolicy,
  // Above the conflict policy, whose answers it changes, too.
  answerHeadersPolicy,
  // Below all that judges what the client said, and above the conflict policy: the guard compares, merges and keeps one form
  // of a resource, so that writers of several versions meet in it. What it refuses comes back with this version's tags.
  adaptersPolicy,
  // Next to the service: it speaks for the resource, so what it judges is what is sent, and a refused call costs it nothing.
  conflictPolicy,
  // Last. What is kept is the service's own word, one copy for all versions, codings and tags that are made of it above. Below the
  // conflict policy, whose writes all come by here before they are answered, whose own looks never get a kept answer, and which
  // sees the reads that do.
  cachePolicy,
  // At the end, and not in this list: the service or the AI endpoint itself.
];
