import type { Role } from "@parley/contract/api/operation";

export const roles: readonly { value: Role; label: string }[] = [
  { value: "owner", label: "owner: everything, and people" },
  { value: "editor", label: "editor: changes the configuration" },
  { value: "viewer", label: "viewer: looks" },
];
