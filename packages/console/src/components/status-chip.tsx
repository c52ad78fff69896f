/** An HTTP status, always drawn the same way: 409 and 412 carry the conflict's own hue. */
import { Chip, type Meaning } from "./chip.tsx";

export function statusMeaning(status: number): Meaning {
  if (status === 409 || status === 412) return "conflict";
  if (status >= 500) return "error";
  if (status >= 400) return "warning";
  return status >= 200 && status < 300 ? "ok" : "neutral";
}

export function StatusChip({ status }: { status: number }) {
  return <Chip meaning={statusMeaning(status)}>{status}</Chip>;
}
