/** One conflict for people: what happened, what differs, and the way out. One document, no script, nothing loaded from anywhere. */
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { escapeHtml, style } from "./problem-page.ts";

export function htmlConflictPage(record: ConflictRecord): string {
  const title = `${record.method} ${record.resource}: ${record.cause}`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p class="about">${escapeHtml(new Date(record.at).toISOString())} · ${escapeHtml(record.service)} · HTTP status ${record.status} · outcome: ${escapeHtml(record.outcome)}</p>
<h2>What happened</h2><p>${escapeHtml(record.detail)}</p>
${section("Who took part", record.consumers.join(", "))}
${block("What changed since", record.changes)}
${block("Where both changes meet", record.conflicts)}
${section("What was found later", record.found ? `${record.found.outcome} (${new Date(record.found.at).toISOString()})` : "")}
${record.next ? `<h2>What to do</h2><p>${escapeHtml(record.next.what)}</p><pre>${escapeHtml(record.next.curl)}</pre><pre>${escapeHtml(record.next.sdk)}</pre>` : ""}
</main></body>
</html>
`;
}

function section(heading: string, text: string): string {
  return text === "" ? "" : `<h2>${escapeHtml(heading)}</h2><p>${escapeHtml(text)}</p>`;
}

function block(heading: string, items: readonly unknown[] | undefined): string {
  return items === undefined || items.length === 0 ? "" : `<h2>${escapeHtml(heading)}</h2><pre>${escapeHtml(items.map((item) => JSON.stringify(item)).join("\n"))}</pre>`;
}
