/** Who is signed in, the colour scheme, help, and the way out. */
import { Menu, useMantineColorScheme } from "@mantine/core";
import { IconChevronUp, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconRocket, IconSun, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { reading } from "../api/queries.ts";
import type { ColourScheme } from "./preference.ts";
import classes from "./shell.module.css";
import { useSignOut } from "./use-sign-out.ts";

export const colourSchemes = [
  { value: "auto", title: "As the system", icon: IconDeviceDesktop },
  { value: "light", title: "Light", icon: IconSun },
  { value: "dark", title: "Dark", icon: IconMoon },
] as const satisfies { value: ColourScheme; title: string; icon: unknown }[];

export function PersonMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const session = useQuery(reading("getSession"));
  const scheme = useMantineColorScheme({ keepTransitions: true });
  const signOut = useSignOut();
  return (
    <Menu position="top-start" width={200}>
      <Menu.Target>
        <button type="button" className={classes["person"]}>
          <IconUser size={16} stroke={1.6} aria-hidden />
          <span>{session.data?.person.name ?? "…"}</span>
          <small>{session.data?.person.role}</small>
          <IconChevronUp size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Colours</Menu.Label>
        {colourSchemes.map(({ value, title, icon: Icon }) => (
          <Menu.Item key={value} leftSection={<Icon size={15} />} rightSection={scheme.colorScheme === value ? "✓" : null} onClick={() => scheme.setColorScheme(value)}>
            {title}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>Help</Menu.Label>
        <Menu.Item leftSection={<IconRocket size={15} />} component={Link} to="/start">
          First call, step by step
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={15} />} onClick={onShortcuts}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
