/** The same thing is always drawn the same way: one icon a kind, and a link to its page. */
import { IconApps, IconBox, IconCpu, IconPlugConnected, type IconProps } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ComponentType } from "react";
import classes from "./entity-link.module.css";

export type LinkedKind = "service" | "consumer" | "provider" | "model";

export const kindIcons: Record<LinkedKind, ComponentType<IconProps>> = { service: IconBox, consumer: IconApps, provider: IconPlugConnected, model: IconCpu };
export const kindPaths = { service: "/services/$name", consumer: "/consumers/$name", provider: "/ai/providers/$name", model: "/ai/models/$name" } as const;

export function EntityLink({ kind, name }: { kind: LinkedKind; name: string }) {
  return (
    <Link to={kindPaths[kind]} params={{ name }} className={classes["link"]}>
      <EntityName kind={kind} name={name} />
    </Link>
  );
}

export function EntityName({ kind, name }: { kind: LinkedKind; name: string }) {
  const Icon = kindIcons[kind];
  return (
    <span className={classes["name"]}>
      <Icon size={14} stroke={1.6} aria-hidden />
      <bdi title={name}>{name}</bdi>
    </span>
  );
}
