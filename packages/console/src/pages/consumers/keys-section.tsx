/** The keys of a consumer: made here, shown once, revoked here. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Entity, Key } from "@parley/contract/api/entities";
import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { May } from "../../components/may.tsx";
import { When } from "../../components/now.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { OriginChip } from "../../editing/origin.tsx";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import { RevokeKey } from "./revoke-key.tsx";
import { RotateKey } from "./rotate-key.tsx";

const columns: readonly Column<Key>[] = [
  { head: "Name", cell: (key) => key.name },
  { head: "Begins with", cell: (key) => (key.hint ? <code>{key.hint}…</code> : "unknown") },
  { head: "Last used", cell: (key) => (key.lastUsedAt ? <When at={key.lastUsedAt} /> : "never") },
  { head: "Made", cell: (key) => <><When at={key.createdAt} /> by {key.createdBy}</>, wideOnly: true },
  { head: "Ends", cell: (key) => (key.expiresAt ? <When at={key.expiresAt} /> : "never"), wideOnly: true },
  { head: "", right: true, cell: (key) => (key.origin === "database" ? <><RotateKey consumerKey={key} /><RevokeKey consumerKey={key} /></> : <OriginChip origin={key.origin} />) },
];

export function KeysSection({ consumer }: { consumer: Pick<Entity<unknown>, "name"> }) {
  const keys = useQuery(reading("listKeys", { path: { name: consumer.name } }));
  const [opened, dialog] = useDisclosure(false);
  const create = (
    <May do="createKey">
      {(disabled) => (
        <Button variant="default" leftSection={<IconKey size={14} />} disabled={disabled} onClick={dialog.open}>
          Create a key
        </Button>
      )}
    </May>
  );
  return (
    <Section title="Keys" hint="Only a hash is stored, so a key is shown once, when it is created." actions={keys.data?.items.length ? create : null}>
      {keys.error ? <ProblemNotice error={keys.error} onRetry={() => void keys.refetch()} /> : null}
      {keys.data || keys.isLoading ? (
        <DataTable label="Keys" columns={columns} rows={keys.data?.items} rowKey={(key) => key.id} empty={<EmptyState title="No key yet" action={create}>Without a key, {consumer.name} can call only open services.</EmptyState>} />
      ) : null}
      <CreateKeyDialog consumer={consumer.name} opened={opened} onClose={dialog.close} />
    </Section>
  );
}
