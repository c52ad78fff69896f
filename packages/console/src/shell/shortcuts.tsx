/**
 * Keyboard shortcuts: a single key, or two in sequence ("g c"). Each is registered by the part of the page that acts on it,
 * so that the list behind `?` holds exactly what works now. They can be turned off, as single keys get in the way of
 * speech input (WCAG 2.1.4); Ctrl K stays. Keys are listened for before what they act on is painted, so that none that is
 * pressed early is lost.
 */
import { getHotkeyHandler } from "@mantine/hooks";
import { createContext, type ReactNode, useContext, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useSingleKeyShortcuts } from "./preference.ts";

export interface Shortcut {
  keys: string;
  what: string;
  act: () => void;
}

/** Shortcuts in force, by their keys; what was registered last wins and the one before comes back after it. */
class ShortcutTable {
  readonly #stacks = new Map<string, Shortcut[]>();

  add(shortcut: Shortcut): () => void {
    const stack = this.#stacks.get(shortcut.keys) ?? [];
    this.#stacks.set(shortcut.keys, [...stack, shortcut]);
    return () => this.#stacks.set(shortcut.keys, (this.#stacks.get(shortcut.keys) ?? []).filter((entry) => entry !== shortcut));
  }

  find(keys: string): Shortcut | undefined {
    return this.#stacks.get(keys)?.at(-1);
  }

  all(): Shortcut[] {
    return [...this.#stacks.values()].flatMap((stack) => stack.at(-1) ?? []);
  }
}

const ShortcutContext = createContext<ShortcutTable | null>(null);
const sequenceMs = 1_000;

export function ShortcutProvider({ children }: { children: ReactNode }) {
  const table = useMemo(() => new ShortcutTable(), []);
  const [on] = useSingleKeyShortcuts();
  useLayoutEffect(() => {
    if (!on) return;
    const listener = shortcutListener(table);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [table, on]);
  return <ShortcutContext value={table}>{children}</ShortcutContext>;
}

function shortcutListener(table: ShortcutTable): (event: KeyboardEvent) => void {
  let first = { key: "", at: 0 };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const sequence = event.timeStamp - first.at < sequenceMs ? table.find(`${first.key} ${event.key}`) : undefined;
    first = { key: event.key, at: event.timeStamp };
    const found = sequence ?? table.find(event.key);
    if (!found) return;
    event.preventDefault();
    found.act();
  };
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select") || target.closest('[role="dialog"], [role="listbox"], [role="menu"]') !== null;
}

export function useShortcut(keys: string, what: string, act: () => void): void {
  const table = useContext(ShortcutContext);
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useLayoutEffect(() => table?.add({ keys, what, act: () => latest.current() }), [table, keys, what]);
}

/** Reads the shortcuts that work at this moment. */
export function useShortcutList(): () => Shortcut[] {
  const table = useContext(ShortcutContext);
  return () => table?.all() ?? [];
}

/** Ctrl K, or ⌘K on a Mac: everywhere, also while somebody types. */
export function usePaletteKey(act: () => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useLayoutEffect(() => {
    const listener = getHotkeyHandler([["mod+K", () => latest.current()]]);
    document.documentElement.addEventListener("keydown", listener);
    return () => document.documentElement.removeEventListener("keydown", listener);
  }, []);
}
