/** The list of shortcuts that work on this page, behind `?`. */
import { Modal, Switch } from "@mantine/core";
import classes from "./shell.module.css";
import { useSingleKeyShortcuts } from "./preference.ts";
import { useShortcutList } from "./shortcuts.tsx";

export function ShortcutDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const shortcuts = useShortcutList();
  const [on, setOn] = useSingleKeyShortcuts();
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts">
      <dl className={classes["shortcuts"]}>
        <div>
          <dt>Command palette</dt>
          <dd>
            <kbd>Ctrl</kbd> <kbd>K</kbd>
          </dd>
        </div>
        {(opened ? shortcuts() : []).map((shortcut) => (
          <div key={shortcut.keys} data-off={!on || undefined}>
            <dt>{shortcut.what}</dt>
            <dd>
              {shortcut.keys.split(" ").map((key) => (
                <kbd key={key}>{key.length === 1 ? key.toUpperCase() : key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Switch mt="md" label="Shortcuts of a single key" description="Ctrl K stays on." checked={on} onChange={(event) => setOn(event.currentTarget.checked)} />
    </Modal>
  );
}
