/** Who holds what, until when, and whom can I free? */
import { Button, Select } from "@mantine/core";
import type { ShownLease } from "@parley/contract/api/leases";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { May } from "../../components/may.tsx";
import { When } from "../../components/now.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { useToast } from "../../components/toast.tsx";
import classes from "./leases.module.css";

export function LeasesPage() {
  const { service } = useSearch({ from: "/shell/leases" });
  const navigate = useNavigate({ from: "/leases" });
  const names = useQuery(reading("listNames"));
  const leases = useQuery({ ...reading("listLeases", { query: { limit: 1000, ...(service ? { service } : {}) } }), refetchInterval: 3_000 });
  const [breaking, setBreaking] = useState<ShownLease | null>(null);
  const columns: readonly Column<ShownLease>[] = [
    { head: "Resource", cell: ({ service: of, resource }) => <Link to="/history" search={{ service: of, resource }} className={classes["resource"]}>{resource}</Link> },
    { head: "Held by", cell: ({ holder }) => holder },
    { head: "Ends", cell: ({ expiresAt }) => <When at={expiresAt} /> },
    { head: "Taken", cell: ({ acquiredAt }) => <When at={acquiredAt} />, wideOnly: true },
    { head: "Fence", cell: ({ fence }) => fence, right: true, wideOnly: true },
    { head: "Service", cell: (lease) => <EntityLink kind="service" name={lease.service} />, wideOnly: true },
    {
      head: "",
      right: true,
      cell: (lease) => (
        <May do="breakLease">
          {(disabled) => (
            <Button variant="default" disabled={disabled} aria-label={`Break the lease on ${lease.resource}`} onClick={() => setBreaking(lease)}>
              Break
            </Button>
          )}
        </May>
      ),
    },
  ];
  return (
    <Page title="Leases">
      <search className={classes["filters"]} aria-label="Filter leases">
        <Select aria-label="Service" placeholder="Service" clearable data={names.data?.service ?? []} value={service ?? null} onChange={(value) => void navigate({ search: value ? { service: value } : {} })} />
      </search>
      {leases.error ? <ProblemNotice error={leases.error} onRetry={() => void leases.refetch()} /> : null}
      {leases.data || leases.isLoading ? <DataTable label="Leases" columns={columns} rows={leases.data?.items} rowKey={({ id }) => id} empty={<NoLeases />} /> : null}
      <BreakDialog lease={breaking} onClose={() => setBreaking(null)} />
    </Page>
  );
}

function NoLeases() {
  return (
    <EmptyState title="Nobody holds a lease">
      An application takes a lease with <code>LOCK</code> on the resource and <code>Timeout: Second-30</code>, and releases it with <code>UNLOCK</code>. In between, everybody else gets 423.
    </EmptyState>
  );
}

function BreakDialog({ lease, onClose }: { lease: ShownLease | null; onClose: () => void }) {
  const client = useQueryClient();
  const toast = useToast();
  const breaking = useMutation({
    mutationFn: async ({ id, etag }: ShownLease) => call("breakLease", { path: { id }, ifMatch: etag }),
    onSuccess: (_, { holder, resource }) => {
      toast(`The lease of ${holder} on ${resource} is broken.`);
      onClose();
      void client.invalidateQueries({ queryKey: ["listLeases"] });
    },
  });
  const close = () => {
    breaking.reset();
    onClose();
  };
  return (
    <ConfirmDialog opened={lease !== null} onClose={close} title={`Break the lease of ${lease?.holder ?? ""}?`} verb="Break the lease" busy={breaking.isPending} error={breaking.error} onConfirm={() => lease && breaking.mutate(lease)}>
      Whatever {lease?.holder} still sends under it to <code>{lease?.resource}</code> is refused with 412. Then the resource rests, in case a write is on its way, and is free. It is noted in the audit.
    </ConfirmDialog>
  );
}
