/** The frame around every page: navigation, command palette, who is signed in. */
import { ActionIcon, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMenu2, IconSearch } from "@tabler/icons-react";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { CommandPalette } from "./command-palette.tsx";
import { Logo } from "./logo.tsx";
import { ModeBanner } from "./mode-banner.tsx";
import { Navigation } from "./navigation.tsx";
import { allPages, type PageEntry } from "./pages.ts";
import { PersonMenu } from "./person-menu.tsx";
import { ShortcutDialog } from "./shortcut-dialog.tsx";
import { usePaletteKey, useShortcut } from "./shortcuts.tsx";
import classes from "./shell.module.css";

export function Shell() {
  const [palette, setPalette] = useDisclosure(false);
  const [shortcuts, setShortcuts] = useDisclosure(false);
  usePaletteKey(setPalette.toggle);
  useShortcut("?", "This list", setShortcuts.open);
  return (
    <div className={classes["shell"]}>
      <a className={classes["skip"]} href="#content">
        Skip to the content
      </a>
      <aside className={classes["sidebar"]}>
        <SideContent onSearch={setPalette.open} onShortcuts={setShortcuts.open} />
      </aside>
      <NarrowBar onSearch={setPalette.open} onShortcuts={setShortcuts.open} />
      <main id="content" className={classes["main"]} tabIndex={-1}>
        <ModeBanner />
        <Outlet />
      </main>
      {allPages.map((page) => (
        <PageShortcut key={page.to} page={page} />
      ))}
      <CommandPalette opened={palette} onClose={setPalette.close} onShortcuts={setShortcuts.open} />
      <ShortcutDialog opened={shortcuts} onClose={setShortcuts.close} />
    </div>
  );
}

interface Opening {
  onSearch: () => void;
  onShortcuts: () => void;
  onNavigate?: () => void;
}

function SideContent({ onSearch, onShortcuts, onNavigate }: Opening) {
  return (
    <>
      <Link to="/" className={classes["brand"]} aria-label="Parley" {...(onNavigate ? { onClick: onNavigate } : {})}>
        <Logo />
      </Link>
      <button type="button" className={classes["search"]} onClick={onSearch}>
        <IconSearch size={15} stroke={1.6} aria-hidden />
        <span>Search</span>
        <kbd>Ctrl K</kbd>
      </button>
      <Navigation onNavigate={onNavigate} />
      <PersonMenu onShortcuts={onShortcuts} />
    </>
  );
}

function NarrowBar({ onSearch, onShortcuts }: Opening) {
  const [opened, drawer] = useDisclosure(false);
  const close = (then: () => void) => () => {
    drawer.close();
    then();
  };
  return (
    <div className={classes["narrowBar"]}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label="Open the navigation" onClick={drawer.open}>
        <IconMenu2 size={20} stroke={1.6} />
      </ActionIcon>
      <Link to="/" className={classes["brand"]} aria-label="Parley">
        <Logo />
      </Link>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label="Search or jump to" onClick={onSearch}>
        <IconSearch size={18} stroke={1.6} />
      </ActionIcon>
      <Drawer opened={opened} onClose={drawer.close} title="Parley" size={260}>
        <div className={classes["drawer"]}>
          <SideContent onSearch={close(onSearch)} onShortcuts={close(onShortcuts)} onNavigate={drawer.close} />
        </div>
      </Drawer>
    </div>
  );
}

function PageShortcut({ page }: { page: PageEntry }) {
  const navigate = useNavigate();
  useShortcut(`g ${page.key}`, `Go to ${page.title}`, () => void navigate({ to: page.to }));
  return null;
}
