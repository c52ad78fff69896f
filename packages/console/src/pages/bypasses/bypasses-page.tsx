/** Who writes past the gateway, what does that mean for what it guarantees, and how is it ended? */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { reading } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { BypassedService } from "./bypassed-service.tsx";

const lookAgainMs = 5_000;

export function BypassesPage() {
  const { service } = useSearch({ from: "/shell/bypasses" });
  const bypasses = useQuery({ ...reading("listBypasses"), refetchInterval: lookAgainMs });
  const guarantees = useQuery({ ...reading("listGuarantees"), refetchInterval: lookAgainMs });
  const items = bypasses.data?.items.filter((item) => service === undefined || item.service === service);
  const everything = service === undefined ? null : (
    <LinkButton variant="default" to="/bypasses">
      All services
    </LinkButton>
  );
  return (
    <Page title="Bypasses" aside={service ?? "Writes past the gateway, found in the last 30 days"} actions={everything} width="text">
      {bypasses.error ? <ProblemNotice error={bypasses.error} onRetry={() => void bypasses.refetch()} /> : null}
      {bypasses.isLoading ? <Skeleton height={160} /> : null}
      {items?.length === 0 ? <NothingFound service={service} /> : null}
      {items?.map((item) => <BypassedService key={item.service} bypass={item} guarantee={guarantees.data?.items.find((one) => one.service === item.service)} />)}
    </Page>
  );
}

function NothingFound({ service }: { service: string | undefined }) {
  return (
    <EmptyState title={service === undefined ? "No write past the gateway was found" : `No write past the gateway was found on ${service}`}>
      If a resource of a guarded service is not as the last write through the gateway left it, somebody else wrote it. Every read and write checks this. For an observed service it cannot be detected.
    </EmptyState>
  );
}
