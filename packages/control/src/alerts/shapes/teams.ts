/** A workflow's message in Teams: one adaptive card. Texts are shown as they are, because markdown in them would be carried out. */
import { summaryOf, timesOf, titleOf, type AlertMessage, type AlertNews } from "../message.ts";

const maxAlerts = 10;

export function teamsBody(message: AlertMessage): unknown {
  const shown = message.alerts.slice(0, maxAlerts);
  const left = message.alerts.length - shown.length;
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json", type: "AdaptiveCard", version: "1.4",
    body: [...shown.flatMap(elementsOf), ...(left > 0 ? [plain(`and ${left} more`)] : [])],
    actions: shown.slice(0, 5).map((news) => ({ type: "Action.OpenUrl", title: shown.length === 1 ? "Open the calls" : `Calls of ${news.alert}`, url: news.link })),
  };
  return { type: "message", summary: summaryOf(message), attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }] };
}

function elementsOf(news: AlertNews): unknown[] {
  const color = news.state === "resolved" ? "Good" : news.severity === "info" ? "Accent" : news.severity === "warning" ? "Warning" : "Attention";
  return [
    plain(titleOf(news), { weight: "Bolder", size: "Medium", color }),
    plain(news.reason),
    ...(news.description === null ? [] : [plain(news.description)]),
    plain(`${news.severity}, ${timesOf(news)}`, { isSubtle: true, size: "Small" }),
  ];
}

function plain(text: string, style: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", text, ...style }] };
}
