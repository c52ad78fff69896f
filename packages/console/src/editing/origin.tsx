/** Who owns a thing, and since when it is as it is. */
import { Button } from "@mantine/core";
import type { Entity, Origin } from "@parley/contract/api/entities";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../api/queries.ts";
import { Chip } from "../components/chip.tsx";
import { Notice } from "../components/notice.tsx";
import { When } from "../components/now.tsx";
import type { EditAccess } from "./use-read-only.ts";

const words: Record<Origin, string> = { database: "kept here", file: "from the file", environment: "from the environment" };

export function OriginChip({ origin }: { origin: Origin }) {
  return <Chip>{words[origin]}</Chip>;
}

export function OriginRemark({ entity }: { entity: Pick<Entity<unknown>, "origin" | "updatedAt" | "updatedBy"> }) {
  return (
    <>
      {entity.origin === "database" ? null : <OriginChip origin={entity.origin} />}
      <span>
        changed <When at={entity.updatedAt} /> by {entity.updatedBy}
      </span>
    </>
  );
}

export function OriginNotice({ access, entity, kind }: { access: EditAccess; entity: Entity<unknown> | null; kind: string }) {
  if (access.isForeign && entity) return <EnvironmentNotice name={entity.name} kind={kind} />;
  if (access.missingRole) return <Notice title="You can view this, but not change it">{access.missingRole}</Notice>;
  if (!access.toFile) return null;
  const draft = access.draft ? (
    <Button variant="default" onClick={access.draft}>
      Draft a change
    </Button>
  ) : null;
  return (
    <Notice title="The configuration comes from a file" action={draft}>
      Nothing is saved here. Fill in the form to get the YAML to put into the file.
    </Notice>
  );
}

function EnvironmentNotice({ name, kind }: { name: string; kind: string }) {
  const catalogue = useQuery({ ...reading("listKnownProviders"), enabled: kind === "provider" });
  const variable = catalogue.data?.items.find((entry) => entry.name === name)?.keyVariable;
  return (
    <Notice title={variable ? `The variable ${variable} owns this` : "An environment variable owns this"}>
      Parley found it in the environment when it started, so change it there: set {variable ? <code>{variable}</code> : "the variable"} again and restart Parley. To manage it here instead, remove the
      variable and add it under the same name.
    </Notice>
  );
}
