/** A plan as people read it: what is created (+), changed (~) and deleted (-), and which members. */
import type { Plan } from "@parley/contract/api/system";

type Change = Plan["changes"][number];

const signs = { create: "+", change: "~", delete: "-" } as const;

export function planText(plan: Plan): string {
  if (plan.changes.length === 0) return "Nothing to change: the configuration is what the file says.\n";
  return `${plan.changes.map(changeText).join("\n")}\n\n${summary(plan.changes)}\n`;
}

function changeText(change: Change): string {
  const head = `${signs[change.action]} ${change.kind}${change.name === "" ? "" : ` ${change.name}`}`;
  if (change.action !== "change") return head;
  return [head, ...change.changes.map((entry) => `    ${entry.path || "/"}  ${entry.op === "add" ? "" : `${shown(entry.before)} → `}${entry.op === "remove" ? "(removed)" : shown(entry.value)}`)].join("\n");
}

export function summary(changes: readonly Change[]): string {
  const count = (action: Change["action"]): number => changes.filter((change) => change.action === action).length;
  return `${count("create")} to create, ${count("change")} to change, ${count("delete")} to delete`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
