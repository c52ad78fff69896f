/** The call's facts in groups: who and where, times and sizes, the model's part, ids. */
import type { CallRecord } from "@parley/contract/call-record";
import type { ReactNode } from "react";
import { EntityLink } from "../../components/entity-link.tsx";
import { type Fact, Facts } from "../../components/facts.tsx";
import { Identifier } from "../../components/identifier.tsx";
import { costText, counted, countText, durationText, sizeText } from "../../format/quantities.ts";
import classes from "./call.module.css";

export function CallFacts({ call }: { call: CallRecord }) {
  return (
    <div className={classes["factGroups"]}>
      <Group title="Who and where" facts={whoAndWhere(call)} />
      <Group title="Times and sizes" facts={timesAndSizes(call)} />
      {call.kind === "ai" ? <Group title="Model" facts={modelFacts(call)} /> : null}
      <Group title="Identifiers" facts={identifiers(call)} />
    </div>
  );
}

function Group({ title, facts }: { title: string; facts: (Fact | null)[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <Facts facts={facts} />
    </section>
  );
}

function whenPresent<Value>(name: string, value: Value | undefined, draw: (value: Value) => ReactNode = (text) => String(text)): Fact | null {
  return value === undefined || value === "" ? null : { name, value: draw(value) };
}

function whoAndWhere(call: CallRecord): (Fact | null)[] {
  return [
    whenPresent("Service", call.service, (name) => (call.kind === "ai" ? name : <EntityLink kind="service" name={name} />)),
    whenPresent("Version", call.version),
    whenPresent("Consumer", call.consumer, (name) => <EntityLink kind="consumer" name={name} />),
    whenPresent("Key", call.key),
    whenPresent("Upstream", call.upstream, (origin) => <code>{origin}</code>),
    whenPresent("Upstream's status", call.upstreamStatus),
    { name: "Attempts", value: countText(call.attempts) },
    whenPresent("Host", call.host, (host) => <code>{host}</code>),
    { name: "Client", value: <code>{call.clientAddress}</code> },
    whenPresent("User agent", call.userAgent),
  ];
}

function timesAndSizes(call: CallRecord): (Fact | null)[] {
  return [
    { name: "Whole", value: durationText(call.durationMs) },
    whenPresent("First byte", call.firstByteMs, durationText),
    whenPresent("Upstream's head", call.upstreamMs, durationText),
    { name: "Request body", value: sizeText(call.requestBytes) },
    { name: "Answer's body", value: sizeText(call.responseBytes) },
    whenPresent("Cut by", call.cutBy),
    whenPresent("Streamed", call.stream, (streamed) => (streamed ? "yes" : "no")),
  ];
}

function modelFacts(call: CallRecord): (Fact | null)[] {
  const tokens = (name: string, count: number | undefined) => whenPresent(name, count, (value) => counted(value, "token"));
  return [
    whenPresent("Asked for", call.modelRequested, (name) => <code>{name}</code>),
    whenPresent("Answered by", call.model, (name) => <code>{name}</code>),
    whenPresent("Provider", call.provider, (name) => <EntityLink kind="provider" name={name} />),
    call.dialectIn && call.dialectOut && call.dialectIn !== call.dialectOut ? { name: "Translated", value: `${call.dialectIn} to ${call.dialectOut}` } : null,
    tokens("Input", call.inputTokens),
    tokens("of it from cache", call.cacheReadTokens),
    tokens("of it into cache", call.cacheWriteTokens),
    tokens("Output", call.outputTokens),
    tokens("of it reasoning", call.reasoningTokens),
    whenPresent("Cost", call.costUsd, costText),
    whenPresent("Cache", call.cache, (cache) => cacheText(cache, call.cacheSimilarity)),
    whenPresent("Finish reason", call.finishReason),
  ];
}

function cacheText(cache: NonNullable<CallRecord["cache"]>, similarity: number | undefined): string {
  if (cache !== "hit") return cache;
  return similarity === undefined ? "hit, word for word" : `hit by meaning, similarity ${similarity.toFixed(3)}`;
}

function identifiers(call: CallRecord): (Fact | null)[] {
  const identifier = (what: string) => (text: string) => <Identifier text={text} what={what} />;
  return [
    { name: "Call", value: <Identifier text={call.id} what="the call's id" /> },
    whenPresent("Trace", call.traceId, identifier("the trace's id")),
    whenPresent("Span", call.spanId, identifier("the span's id")),
    whenPresent("Provider's", call.providerRequestId, identifier("the provider's id")),
    { name: "Worker", value: countText(call.worker) },
  ];
}
