/** An event of PagerDuty's Events API v2. Every alert is an incident of its own, so a message to PagerDuty has one alert. */
import { titleOf, type AlertMessage } from "../message.ts";

export function pagerDutyBody(message: AlertMessage, routingKey: string): unknown {
  const [news] = message.alerts;
  if (!news) return {};
  const common = { routing_key: routingKey, dedup_key: `parley/${news.alert}/${news.since}`, client: "Parley", client_url: news.link };
  if (news.state === "resolved") return { ...common, event_action: "resolve" };
  const details = { reason: news.reason, metric: news.metric, value: news.value, query: news.query, description: news.description, notification: message.id };
  return {
    ...common,
    event_action: "trigger",
    payload: { summary: `${titleOf(news)}: ${news.reason}`.slice(0, 1_024), source: news.service ?? "parley", severity: news.severity, timestamp: new Date(news.at).toISOString(), ...(news.service === null ? {} : { component: news.service }), class: news.metric, custom_details: details },
    links: [{ href: news.link, text: "The calls" }],
  };
}
