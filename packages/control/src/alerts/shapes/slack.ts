/** An incoming webhook's message: text for the notice, blocks for the page. */
import { linkWithin, summaryOf, timesOf, titleOf, type AlertMessage, type AlertNews } from "../message.ts";

const maxLinkLength = 3_000;
/** Slack takes 50 blocks, three of which an alert needs. */
const maxAlerts = 15;

export function slackBody(message: AlertMessage): unknown {
  const shown = message.alerts.slice(0, maxAlerts);
  const left = message.alerts.length - shown.length;
  const more = left > 0 ? [{ type: "context", elements: [{ type: "mrkdwn", text: `and ${left} more` }] }] : [];
  return { text: escaped(summaryOf(message)), blocks: [...shown.flatMap(blocksOf), ...more] };
}

function blocksOf(news: AlertNews): unknown[] {
  const lines = [escaped(news.reason), ...(news.description === null ? [] : [escaped(news.description)]), `_${news.severity}, ${timesOf(news)}_`];
  return [
    { type: "header", text: { type: "plain_text", text: titleOf(news).slice(0, 150) } },
    // Not verbatim, Slack looks for mentions and addresses in what a caller may have written.
    { type: "section", text: { type: "mrkdwn", text: lines.join("\n").slice(0, 3_000), verbatim: true } },
    { type: "actions", elements: [{ type: "button", text: { type: "plain_text", text: "Open the calls" }, url: linkWithin(news, maxLinkLength) }] },
  ];
}

/** Slack's three control characters; without this a path could mention everybody or forge a link. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
