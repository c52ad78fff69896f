/** Ctrl K: every page, object and action by name; a call by its id. */
import { Modal } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import classes from "./command-palette.module.css";
import { type Command, useCommands } from "./commands.ts";
import { matchCommands } from "./match-commands.ts";

interface PaletteProps {
  opened: boolean;
  onClose: () => void;
  onShortcuts: () => void;
}

export function CommandPalette({ opened, onClose, onShortcuts }: PaletteProps) {
  return (
    <Modal.Root opened={opened} onClose={onClose} size={560} yOffset="12vh" centered={false} lockScroll={false}>
      <Modal.Overlay />
      <Modal.Content aria-label="Command palette">
        <PaletteContent onClose={onClose} onShortcuts={onShortcuts} />
      </Modal.Content>
    </Modal.Root>
  );
}

// Every page, and room for more.
const mostShown = 24;

function PaletteContent({ onClose, onShortcuts }: Omit<PaletteProps, "opened">) {
  const [typed, setTyped] = useState("");
  const [position, setPosition] = useState(0);
  const commands = useCommands(true, onShortcuts);
  const found = [...matchCommands(commands, typed, mostShown), ...useCallById(typed.trim())];
  const chosen = Math.min(position, found.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.act();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setPosition((chosen + step + found.length) % Math.max(1, found.length));
    }
    if (event.key === "Enter") run(found[chosen]);
  };
  return (
    <>
      <div className={classes["field"]}>
        <IconSearch size={17} stroke={1.6} aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-label="Search pages, objects and actions"
          aria-activedescendant={found[chosen] ? `palette-${chosen}` : undefined}
          placeholder="Page, object, action, or a call's id"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setPosition(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <PaletteList found={found} chosen={chosen} run={run} />
    </>
  );
}

function PaletteList({ found, chosen, run }: { found: readonly Command[]; chosen: number; run: (command: Command) => void }) {
  if (found.length === 0) return <p className={classes["none"]}>Nothing found.</p>;
  return (
    <div id="palette-list" role="listbox" aria-label="Results" className={classes["list"]}>
      {found.map((command, index) => (
        <div key={command.id} id={`palette-${index}`} role="option" tabIndex={-1} aria-selected={index === chosen} className={classes["option"]} onClick={() => run(command)}>
          <span>{command.title}</span>
          <small>{command.group}</small>
        </div>
      ))}
    </div>
  );
}

function useCallById(typed: string): Command[] {
  const navigate = useNavigate();
  if (!/^[0-9A-Za-z_-]{16,}$/.test(typed)) return [];
  return [{ id: `call ${typed}`, group: "Call", title: typed, act: () => void navigate({ to: "/calls/$id", params: { id: typed } }) }];
}
