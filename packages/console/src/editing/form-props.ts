/** What a form of a configured thing gets, and what its page needs to know. */
import type { Entity } from "@parley/contract/api/entities";
import type { ReactNode } from "react";
import type { OperationName } from "../api/types.ts";
import type { EntityPort } from "./entity-port.ts";

export interface FormProps<Spec> {
  spec: Spec;
  onChange: (spec: Spec) => void;
  readOnly: boolean;
  /** What the server found wrong, by JSON pointer into the spec. */
  faults: ReadonlyMap<string, string>;
  /** As it was read; null while it is new. */
  entity: Entity<Spec> | null;
}

export interface EntityPageProps<Spec> {
  port: EntityPort<Spec>;
  /** Null for a new one. */
  name: string | null;
  blank: Spec;
  /** For a new one, the name to begin with. */
  suggestedName?: string | undefined;
  form: (props: FormProps<Spec>) => ReactNode;
  /** Shown over the form of one that exists, as wide as the page. */
  above?: (entity: Entity<Spec>) => ReactNode;
  /** Shown under the form of one that exists. */
  below?: (entity: Entity<Spec>) => ReactNode;
  /** Before the name. */
  icon?: ReactNode;
  /** The operation that a save is, which says who may. */
  write: OperationName;
  onSaved: (entity: Entity<Spec>) => void;
  onRemoved: () => void;
}
