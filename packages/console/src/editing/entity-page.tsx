/** The page of one configured thing: form or YAML, who owns it, save, delete. The same for services, providers, models and consumers. */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { Page } from "../components/page.tsx";
import { EntityEditor } from "./entity-editor.tsx";
import type { EntityPageProps } from "./form-props.ts";

export function entityQueryKey(kind: string, name: string): readonly unknown[] {
  return ["entity", kind, name];
}

export function EntityPage<Spec>(props: EntityPageProps<Spec>) {
  const { port, name } = props;
  const current = useQuery({
    queryKey: entityQueryKey(port.kind, name ?? ""),
    enabled: name !== null,
    refetchInterval: 5_000,
    queryFn: ({ signal }) => port.read(name ?? "", signal),
  });
  if (name === null) return <EntityEditor {...props} current={null} />;
  if (current.data) return <EntityEditor key={name} {...props} current={current.data} />;
  return (
    <Page title={name}>
      {current.error ? <ProblemNotice error={current.error} onRetry={() => void current.refetch()} /> : <Skeleton height={180} />}
    </Page>
  );
}

