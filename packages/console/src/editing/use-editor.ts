/** The state of editing one thing: what was read, what was typed, and how saving went. */
import type { Entity } from "@parley/contract/api/entities";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useToast } from "../components/toast.tsx";
import { counted } from "../format/quantities.ts";
import type { EntityPort } from "./entity-port.ts";
import { save, type Saved } from "./save.ts";
import { isSame } from "./three-way.ts";

export interface Editor<Spec> {
  name: string;
  setName: (name: string) => void;
  base: Entity<Spec> | null;
  spec: Spec;
  change: (spec: Spec) => void;
  isDirty: boolean;
  isSaving: boolean;
  error: unknown;
  overlap: (Saved<Spec> & { outcome: "overlap" }) | null;
  save: () => void;
  /** What was deleted meanwhile, as a new one of the same name. */
  saveAnew: () => void;
  /** Saves the outcome of a decided overlap on top of theirs. */
  saveDecided: (spec: Spec) => void;
  /** Back to editing; what was typed stays. */
  closeOverlap: () => void;
  discard: () => void;
  forgetError: () => void;
}

interface EditorOptions<Spec> {
  port: EntityPort<Spec>;
  /** What is there now; null for a new one. */
  current: Entity<Spec> | null;
  blank: Spec;
  /** The name of a new one, until another is typed. */
  suggestedName?: string | undefined;
  onSaved: (entity: Entity<Spec>) => void;
}

interface Attempt<Spec> {
  base: Entity<Spec> | null;
  spec: Spec;
}

export function useEditor<Spec>({ port, current, blank, suggestedName, onSaved }: EditorOptions<Spec>): Editor<Spec> {
  const client = useQueryClient();
  const toast = useToast();
  const [typedName, setName] = useState<string | null>(null);
  const name = current?.name ?? typedName ?? suggestedName ?? "";
  const [base, setBase] = useState(current);
  const [spec, setSpec] = useState<Spec>(current?.spec ?? blank);
  const [overlap, setOverlap] = useState<Editor<Spec>["overlap"]>(null);
  const isDirty = !isSame(spec, base?.spec ?? blank) || (base === null && (typedName ?? "") !== "");

  // Without changes of one's own the form follows what others save; with them it stays, and saving merges.
  if (current && base && current.etag !== base.etag && !isDirty) {
    setBase(current);
    setSpec(current.spec);
  }

  const take = (saved: Saved<Spec>) => {
    if (saved.outcome === "overlap") return setOverlap(saved);
    setOverlap(null);
    setBase(saved.entity);
    setSpec(saved.entity.spec);
    toast(savedText(saved));
    void client.invalidateQueries();
    onSaved(saved.entity);
  };
  const saving = useMutation({ mutationFn: (attempt: Attempt<Spec>) => save(port, { name, ...attempt }), onSuccess: take });

  return {
    name, setName, base, spec, isDirty, overlap,
    change: setSpec,
    isSaving: saving.isPending,
    error: saving.error,
    save: () => saving.mutate({ base, spec }),
    saveAnew: () => saving.mutate({ base: null, spec }),
    saveDecided: (decided) => saving.mutate({ base: overlap?.theirs ?? base, spec: decided }),
    closeOverlap: () => setOverlap(null),
    forgetError: saving.reset,
    discard: () => {
      saving.reset();
      setSpec(base?.spec ?? blank);
    },
  };
}

function savedText<Spec>(saved: Saved<Spec> & { outcome: "saved" }): string {
  if (saved.merged.length === 0) return "Saved. In force within a second.";
  return `Saved, together with ${counted(saved.merged.length, "change")} that ${saved.by} made meanwhile.`;
}
