/** Whether the person who is signed in may do an operation; where not, the control stays visible and says which role is missing. */
import { Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { operationList } from "virtual:operation-list";
import type { ReactElement } from "react";
import { reading } from "../api/queries.ts";
import type { OperationName } from "../api/types.ts";

const ranks = { anyone: 0, viewer: 1, editor: 2, owner: 3 } as const;

/** Null if it is allowed, else the sentence that says what is missing and who can give it. */
export function useMissingRole(operation: OperationName): string | null {
  const session = useQuery(reading("getSession"));
  const needed = operationList[operation].role;
  const role = session.data?.person.role;
  if (!role || ranks[role] >= ranks[needed]) return null;
  return `This needs the role ${needed}; you are ${role}. An owner can change that under People.`;
}

/** Its child gets whether it is to be disabled. */
export function May({ do: operation, children }: { do: OperationName; children: (disabled: boolean) => ReactElement }) {
  const missing = useMissingRole(operation);
  if (missing === null) return children(false);
  // A disabled control takes no focus, so that the explanation has to hang on an element that does.
  return (
    <Tooltip label={missing}>
      <span tabIndex={0} role="note" aria-label={missing}>
        {children(true)}
      </span>
    </Tooltip>
  );
}
