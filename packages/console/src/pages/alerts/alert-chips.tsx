/** How an alert stands and how much it matters, always drawn the same way. */
import type { AlertEventKind, AlertState } from "@parley/contract/api/alerts";
import { Chip, type Meaning } from "../../components/chip.tsx";

const states: Record<AlertState["state"], Meaning> = { ok: "ok", pending: "warning", firing: "error", unknown: "neutral" };
const words: Record<AlertState["state"], string> = { ok: "ok", pending: "about to fire", firing: "firing", unknown: "not measured" };

export function AlertStateChip({ state }: { state: AlertState["state"] }) {
  return <Chip meaning={states[state]}>{words[state]}</Chip>;
}

const events: Record<AlertEventKind, Meaning> = { firing: "error", repeated: "error", resolved: "ok", acknowledged: "accent", silenced: "neutral", unsilenced: "neutral" };

export function AlertEventChip({ kind }: { kind: AlertEventKind }) {
  return <Chip meaning={events[kind]}>{kind}</Chip>;
}
