/** What has a resource been, who changed it, and how do I get an overwritten version back? */
import { Button, Select, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { conflictsAbout } from "../conflicts/filter.ts";
import { historyColumns } from "./history-columns.tsx";
import classes from "./history.module.css";
import { VersionDialog } from "./version-dialog.tsx";

export function HistoryPage() {
  const { service = "", resource = "" } = useSearch({ from: "/shell/history" });
  const isAsked = service !== "" && resource.startsWith("/");
  const [opened, setOpened] = useState<number | null>(null);
  const history = useInfiniteQuery({
    queryKey: ["getHistory", service, resource, "pages"],
    enabled: isAsked,
    initialPageParam: "",
    refetchInterval: 5_000,
    queryFn: ({ pageParam, signal }) => call("getHistory", { query: { service, resource, limit: 50, ...(pageParam === "" ? {} : { after: pageParam }) } }, signal),
    getNextPageParam: (page) => page.next,
  });
  const rows = history.data?.pages.flatMap((page) => page.items);
  const conflicts = isAsked ? <LinkButton variant="default" to="/conflicts" search={conflictsAbout({ service, resource })}>Its conflicts</LinkButton> : null;
  return (
    <Page title="History" name={resource ? `History of ${resource}` : "History"} aside={resource ? <code>{resource}</code> : null} actions={conflicts}>
      <ResourceForm key={`${service} ${resource}`} service={service} resource={resource} />
      {history.error ? <ProblemNotice error={history.error} onRetry={() => void history.refetch()} /> : null}
      {isAsked && (rows || history.isLoading) ? <DataTable label="Revisions" columns={historyColumns(setOpened)} rows={rows} rowKey={({ revision }) => String(revision)} empty={<NothingKnown />} /> : null}
      {isAsked ? null : (
        <EmptyState title="Choose a resource">Enter a service and the path of one of its resources. Conflicts and leases link here, too.</EmptyState>
      )}
      {history.hasNextPage ? (
        <div>
          <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            Older revisions
          </Button>
        </div>
      ) : null}
      {opened === null ? null : <VersionDialog service={service} resource={resource} revision={opened} etag={history.data?.pages[0]?.etag ?? ""} onClose={() => setOpened(null)} />}
    </Page>
  );
}

function NothingKnown() {
  return (
    <EmptyState title="No change is recorded for this resource">
      Changes are recorded for services in <code>enforce</code> or <code>require</code>, from the first write on. A service in <code>observe</code> has no history.
    </EmptyState>
  );
}

function ResourceForm({ service, resource }: { service: string; resource: string }) {
  const configured = useQuery(reading("listNames"));
  const navigate = useNavigate({ from: "/history" });
  const [path, setPath] = useState(resource);
  const [chosen, setChosen] = useState(service);
  useEffect(() => {
    const [only, another] = configured.data?.service ?? [];
    if (chosen === "" && only && !another) setChosen(only);
  }, [configured.data, chosen]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ search: { service: chosen, resource: path } });
  };
  const names = new Set([...(configured.data?.service ?? []), ...(service ? [service] : [])]);
  return (
    <form className={classes["form"]} onSubmit={submit} aria-label="Resource">
      <Select aria-label="Service" placeholder="Service" data={[...names]} value={chosen || null} onChange={(value) => setChosen(value ?? "")} />
      <TextInput aria-label="Path of the resource" placeholder="/notes/7" value={path} onChange={(event) => setPath(event.currentTarget.value)} />
      <Button type="submit" variant="default" disabled={chosen === "" || !path.startsWith("/")}>
        Show
      </Button>
    </form>
  );
}
