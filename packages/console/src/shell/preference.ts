/** What a person prefers in this browser. Kept in its storage; where that is blocked, for as long as the page is open. */
import { useLocalStorage } from "@mantine/hooks";

export type ColourScheme = "auto" | "light" | "dark";

export function useSingleKeyShortcuts(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useLocalStorage<boolean>({ key: "parley-single-key-shortcuts", defaultValue: true, getInitialValueInEffect: false });
  return [on, setOn];
}
