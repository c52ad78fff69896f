/**
 * Upgrades (WebSocket and any other protocol but h2c): the request goes upstream with its Upgrade field, and once the
 * upstream has switched, bytes flow both ways untouched until either side ends. A refusal by the upstream is an
 * ordinary answer. It speaks to the upstream by itself: a switched connection is no longer HTTP and no transport's.
 */
import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { answerFields } from "./answer-fields.ts";
import type { Upgrade } from "../exchange/exchange.ts";
import { failureRefusal } from "./failure-refusal.ts";
import type { ForwardInput } from "./forwarded-call.ts";
import { requestFields } from "./request-fields.ts";
import { targetPath, type Target } from "./target.ts";
import type { TransportFailure } from "./transport.ts";

export function tunnel(input: ForwardInput, upgrade: Upgrade): void {
  const { exchange, plan } = input;
  exchange.record.kind = "websocket";
  const target = plan.balancer.pick(exchange, []) as Target;
  exchange.record.attempts++;
  exchange.record.upstream = target.origin;
  const since = input.ports.monotonicMs();
  const upgrading = sendUpgrade(input, target, upgrade);
  exchange.onClientGone(() => upgrading.destroy());
  exchange.onEnded(() => plan.balancer.released(target));
  let connected = false;
  upgrading.once("socket", (socket) => socket.once("connect", () => (connected = true)));
  upgrading.on("upgrade", (answer, socket, head) => {
    noteAnswer(input, target, { status: 101, since });
    const fields = [...answerFields(101, answer.rawHeaders), ...exchange.answerFields, "Connection", "Upgrade", "Upgrade", answer.headers.upgrade ?? ""];
    const client = upgrade.accept(fields);
    join(input, { client, upstream: socket as Socket, head });
  });
  upgrading.on("response", (answer) => {
    noteAnswer(input, target, { status: answer.statusCode ?? 502, since });
    relay(input, answer);
  });
  upgrading.on("timeout", () => upgrading.destroy(new UpgradeTimeout()));
  upgrading.on("error", (error) => {
    if (exchange.record.upstreamStatus !== undefined) return;
    const failure = upgradeFailure(error, !connected);
    input.ports.tried(input.service, failure.notSent ? "connect-failure" : "failed", input.exchange.route);
    plan.balancer.ended(target, failure.notSent ? "connect-failure" : "failed", input.ports.monotonicMs() - since);
    exchange.record.errorDetail = failure.detail;
    input.sink.fault(failureRefusal(failure, input.service));
  });
  upgrading.end();
}

class UpgradeTimeout extends Error {}

function sendUpgrade(input: ForwardInput, target: Target, upgrade: Upgrade): ClientRequest {
  const { exchange, plan } = input;
  const url = new URL(target.origin);
  const rawHeaders = requestFields(exchange, target, plan.credentials);
  plan.rewrite?.fields(rawHeaders);
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port || (url.protocol === "https:" ? 443 : 80),
    method: exchange.method,
    path: targetPath(target, exchange.rest, plan),
    headers: [...rawHeaders, "Connection", "Upgrade", "Upgrade", upgrade.protocols],
    agent: false as const,
    timeout: plan.timeouts.firstByteMs,
    ...(plan.identity?.context ? { secureContext: plan.identity.context } : {}),
    ...(plan.identity?.serverName ? { servername: plan.identity.serverName } : {}),
  };
  return url.protocol === "https:" ? httpsRequest(options) : httpRequest(options);
}

function noteAnswer(input: ForwardInput, target: Target, { status, since }: { status: number; since: number }): void {
  const elapsedMs = input.ports.monotonicMs() - since;
  input.exchange.record.upstreamStatus = status;
  input.exchange.record.upstreamMs = elapsedMs;
  input.ports.tried(input.service, "answered", input.exchange.route);
  input.plan.balancer.ended(target, "answered", elapsedMs);
}

/** Half-closed connections stay open the other way: an end is passed on as an end, an error as an error. */
function join({ exchange, plan }: ForwardInput, ends: { client: Socket; upstream: Socket; head: Buffer }): void {
  const { client, upstream, head } = ends;
  const { record } = exchange;
  // `timeout` was for the answer to the upgrade.
  upstream.setTimeout(0);
  if (head.length > 0) upstream.unshift(head);
  client.on("data", (chunk: Buffer) => (record.requestBytes += chunk.length));
  upstream.on("data", (chunk: Buffer) => (record.responseBytes += chunk.length));
  client.pipe(upstream);
  upstream.pipe(client);
  // A side that has gone for good looks the same as one that only has nothing more to say: silence tells them apart.
  client.once("end", () => endIfSilent(client, upstream, plan.timeouts.idleMs));
  upstream.once("end", () => endIfSilent(client, upstream, plan.timeouts.idleMs));
  client.on("error", () => upstream.destroy());
  upstream.on("error", () => {
    record.cutBy ??= "upstream";
    client.destroy();
  });
  client.on("close", () => upstream.destroy());
  upstream.on("close", () => {
    if (!client.writableEnded) client.end();
    // Whatever the client still says, nobody hears it any more.
    client.resume();
    if (upstream.errored) client.destroy();
  });
}

function endIfSilent(client: Socket, upstream: Socket, idleMs: number): void {
  client.setTimeout(idleMs, () => client.destroy());
  upstream.setTimeout(idleMs, () => upstream.destroy());
}

/** Node's reader lets control characters through; who sends on what is said cannot. */
function saidText(statusText: string | undefined): string {
  return /^[\t\x20-\x7E\x80-\xFF]*$/.test(statusText ?? "") ? (statusText ?? "") : "";
}

/** The upstream did not switch: what it says instead is the answer. */
function relay({ sink, exchange }: ForwardInput, answer: IncomingMessage): void {
  sink.head(answer.statusCode ?? 502, answerFields(answer.statusCode ?? 502, answer.rawHeaders), saidText(answer.statusMessage));
  sink.onDrain(() => answer.resume());
  answer.on("data", (chunk: Buffer) => {
    if (!sink.data(chunk)) answer.pause();
  });
  answer.on("end", () => sink.end());
  answer.on("error", () => {
    exchange.record.cutBy = "upstream";
    sink.fault({ code: "upstream-broken", detail: "The upstream broke off." });
  });
  exchange.onClientGone(() => answer.destroy());
}

function upgradeFailure(error: Error, notSent: boolean): TransportFailure {
  const kind = error instanceof UpgradeTimeout ? (notSent ? "timeout-connect" : "timeout-first-byte") : notSent ? "connect-failure" : "reset";
  return { kind, notSent, reusedConnection: false, detail: error.message };
}
