/** A message as one HTTP request. The body is the same at every attempt, and so is the id by which a receiver knows it again. */
import { createHmac } from "node:crypto";
import type { Channel, Receiver } from "@parley/contract/config/channels";
import type { AlertMessage } from "../message.ts";
import { pagerDutyBody } from "./pagerduty.ts";
import { slackBody } from "./slack.ts";
import { teamsBody } from "./teams.ts";

export interface HttpShape {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** `at` is when it is sent, Unix milliseconds. */
export function httpShapeOf(receiver: Exclude<Receiver, { kind: "email" }>, channel: Channel, { message, at }: { message: AlertMessage; at: number }): HttpShape {
  switch (receiver.kind) {
    case "webhook":
      return signed(channel, { url: receiver.to, message, at });
    case "slack":
      return plain(receiver.to, slackBody(message), message);
    case "teams":
      return plain(receiver.to, teamsBody(message), message);
    case "pagerduty":
      return plain(receiver.to.url, pagerDutyBody(message, receiver.to.routingKey), message);
  }
}

function plain(url: string, body: unknown, message: AlertMessage): HttpShape {
  return { url, headers: ownHeaders(message), body: JSON.stringify(body) };
}

function ownHeaders({ id }: AlertMessage): Record<string, string> {
  return { "Content-Type": "application/json", "User-Agent": "Parley-Alerts", "Idempotency-Key": id, "Parley-Notification-Id": id };
}

/** `v1=` and HMAC-SHA256 of the time in Unix seconds, a dot and the body: with the time, an old message cannot be sent again by others. */
function signed(channel: Channel, { url, message, at }: { url: string; message: AlertMessage; at: number }): HttpShape {
  const body = JSON.stringify(message);
  const timestamp = String(Math.floor(at / 1_000));
  const signature: Record<string, string> = channel.secret === undefined ? {} : { "Parley-Signature": `v1=${createHmac("sha256", channel.secret).update(`${timestamp}.${body}`).digest("hex")}` };
  return { url, body, headers: { ...channel.headers, ...ownHeaders(message), "Parley-Timestamp": timestamp, ...signature } };
}
