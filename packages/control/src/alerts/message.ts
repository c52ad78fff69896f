/** What a channel is told, before it is put into the words of one. Stored as it is until it was delivered. */
import type { Alert } from "@parley/contract/config/alerts";

export interface AlertMessage {
  /** The receiver can tell by it that it has had it already. */
  id: string;
  at: number;
  channel: string;
  alerts: AlertNews[];
}

export interface AlertNews {
  alert: string;
  state: "firing" | "repeated" | "resolved" | "test";
  severity: Alert["severity"];
  metric: string;
  service: string | null;
  /** Of the firing. */
  since: number;
  at: number;
  value: number | null;
  reason: string;
  description: string | null;
  /** Finds the calls in question, at an absolute time. */
  query: string;
  link: string;
}

/** Where a receiver takes no longer one: the alert's own page, which leads on. */
export function linkWithin({ link, alert }: AlertNews, length: number): string {
  return link.length <= length ? link : `${new URL(link).origin}/alerts/${encodeURIComponent(alert)}`;
}

/** One line, for subjects and notices. */
export function titleOf(news: AlertNews): string {
  const words = { firing: "Firing", repeated: "Still firing", resolved: "Resolved", test: "Test" } as const;
  return `${words[news.state]}: ${news.alert}`;
}

export function summaryOf(message: AlertMessage): string {
  const [first] = message.alerts;
  if (!first) return "";
  return message.alerts.length === 1 ? titleOf(first) : `${titleOf(first)} and ${message.alerts.length - 1} more`;
}

/** When it began, and of what is over also when it ended. */
export function timesOf({ state, since, at }: AlertNews): string {
  const began = new Date(since).toISOString();
  return state === "resolved" ? `from ${began} to ${new Date(at).toISOString()}` : `since ${began}`;
}

export function textOf(news: AlertNews): string {
  return [titleOf(news), news.reason, news.description ?? "", timesOf(news), news.link].filter((line) => line !== "").join("\n");
}
