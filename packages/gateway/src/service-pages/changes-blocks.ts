/** What changed between two versions, for those who move from one to the other: what breaks a caller first. */
import type { Change, Difference } from "@parley/openapi";
import type { Block } from "@parley/openapi/reference";

const mostShown = 500;
const groups: readonly (readonly [Change["severity"], string])[] = [["breaking", "What breaks callers"], ["unknown", "What may break some"], ["non-breaking", "What breaks nobody"]];

export function changesBlocks({ changes, truncated }: Difference): Block[] {
  const shown = changes.slice(0, mostShown);
  const blocks = groups.flatMap(([severity, heading]): Block[] => {
    const list = shown.filter((change) => change.severity === severity);
    if (list.length === 0) return [];
    const items = list.map(({ endpoint, place, message }) => ({ depth: 0, text: [{ code: endpoint.slice(0, 300) }, ` ${`${place} ${message}`.trim().slice(0, 600)}`] }));
    return [{ kind: "heading", level: 2, text: [heading] }, { kind: "list", items }];
  });
  if (blocks.length === 0) return [{ kind: "paragraph", text: ["The documents of both versions say the same."] }];
  return truncated || changes.length > mostShown ? [...blocks, { kind: "paragraph", text: ["There are more changes than these."] }] : blocks;
}
