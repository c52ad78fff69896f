/** J and K through the list, Enter to the call's own page, Escape back, P to pause. */
import type { CallRecord } from "@parley/contract/call-record";
import { useNavigate } from "@tanstack/react-router";
import { useShortcut } from "../../shell/shortcuts.tsx";

interface Walk {
  calls: readonly CallRecord[];
  chosen: string | undefined;
  show: (id: string | undefined) => void;
  onPause: () => void;
}

export function useWalk({ calls, chosen, show, onPause }: Walk): void {
  const navigate = useNavigate();
  const step = (by: number) => () => {
    const position = calls.findIndex((call) => call.id === chosen);
    const next = calls[position === -1 ? 0 : Math.min(calls.length - 1, Math.max(0, position + by))];
    if (next) show(next.id);
  };
  useShortcut("j", "Next call", step(1));
  useShortcut("k", "Previous call", step(-1));
  useShortcut("o", "Open the call's own page", () => {
    if (chosen) void navigate({ to: "/calls/$id", params: { id: chosen } });
  });
  useShortcut("Escape", "Close the detail", () => show(undefined));
  useShortcut("p", "Pause or resume the live list", onPause);
}
