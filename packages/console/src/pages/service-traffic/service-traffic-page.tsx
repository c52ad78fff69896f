/** What flows through this service: drawn with live rates, its versions' lives, its release, its mirror, and a call to try. */
import { Skeleton } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { reading } from "../../api/queries.ts";
import { LinkButton } from "../../components/link-button.tsx";
import { useNow } from "../../components/now.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { CacheSection } from "./cache-section.tsx";
import { CallersSection } from "./callers-section.tsx";
import { DifferenceSection } from "./difference-section.tsx";
import { MirrorSection } from "./mirror-section.tsx";
import { PublishSection } from "./publish-section.tsx";
import { RolloutSection } from "./rollout-section.tsx";
import { TopologySection } from "./topology-section.tsx";
import { versionStates } from "./timeline.ts";
import { TrySection } from "./try-section.tsx";
import { VersionsSection } from "./versions-section.tsx";

export function ServiceTrafficPage() {
  const { name } = useParams({ from: "/shell/services/$name/traffic" });
  const service = useQuery({ ...reading("getService", { path: { name } }), refetchInterval: 5_000 });
  const spec = service.data?.spec;
  const minute = Math.floor(useNow() / 60_000) * 60_000;
  const versions = Object.keys(spec?.versions?.list ?? {});
  const back = (
    <LinkButton variant="default" leftSection={<IconArrowLeft size={14} />} to="/services/$name" params={{ name }}>
      Settings of {name}
    </LinkButton>
  );
  return (
    <Page title={`Traffic of ${name}`} actions={back}>
      {service.error ? <ProblemNotice error={service.error} onRetry={() => void service.refetch()} /> : null}
      {service.isLoading ? <Skeleton height={200} /> : null}
      {service.data && spec ? (
        <>
          <TopologySection name={name} spec={spec} />
          {spec.versions ? <VersionsSection name={name} versions={spec.versions} /> : null}
          {spec.canary ? <RolloutSection service={service.data} canary={spec.canary} /> : null}
          {spec.mirror ? <MirrorSection name={name} /> : null}
          {spec.cache ? <CacheSection key={`cache ${name} ${spec.path}`} name={name} path={spec.path} /> : null}
          {versions.length > 1 ? <DifferenceSection key={name} name={name} versions={versions} /> : null}
          <PublishSection key={`publish ${name}`} name={name} versions={versions} />
          <CallersSection name={name} access={spec.access} />
          <TrySection key={`try ${name} ${spec.path}`} name={name} path={spec.path} versions={versionStates(spec.versions, minute)} />
        </>
      ) : null}
    </Page>
  );
}
