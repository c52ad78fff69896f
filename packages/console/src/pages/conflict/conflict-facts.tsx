/** The conflict's facts and where they lead: the call, the resource's history, the service, the address for its consumer. */
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { conflictPath } from "@parley/contract/conflicts/record";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { reading } from "../../api/queries.ts";
import { EntityLink } from "../../components/entity-link.tsx";
import { Facts } from "../../components/facts.tsx";
import { GuaranteeChip } from "../../components/guarantee-chip.tsx";
import { Identifier } from "../../components/identifier.tsx";
import { When } from "../../components/now.tsx";
import { Section } from "../../components/page.tsx";
import { StatusChip } from "../../components/status-chip.tsx";

export function ConflictFacts({ record }: { record: ConflictRecord }) {
  const status = useQuery(reading("getStatus"));
  const { service, resource, current } = record;
  return (
    <Section title="Facts">
      <Facts
        facts={[
          { name: "Service", value: <EntityLink kind="service" name={service} /> },
          { name: "Resource", value: <Link to="/history" search={{ service, resource }}><code>{resource}</code></Link> },
          { name: "Who took part", value: `${record.consumers.join(", ")}${record.probable ? " (told apart by address and user agent)" : ""}` },
          record.callId ? { name: "Call", value: <Link to="/calls/$id" params={{ id: record.callId }}><code>{record.callId}</code></Link> } : null,
          record.status > 0 ? { name: "Answered", value: <StatusChip status={record.status} /> } : null,
          { name: "Cause", value: <code>{record.subcause ? `${record.cause} (${record.subcause})` : record.cause}</code> },
          { name: "Outcome", value: record.outcome },
          { name: "Guarantee then", value: <GuaranteeChip level={record.guarantee} /> },
          record.expected.length > 0 ? { name: "The client's tag", value: <code>{record.expected.join(", ")}</code> } : null,
          current?.etag ? { name: "Current tag", value: <code>{current.etag}</code> } : null,
          current?.changedBy ? { name: "Changed by", value: <>{current.changedBy === "bypass" ? <Link to="/bypasses" search={{ service }}>somebody past the gateway</Link> : current.changedBy}{current.changedAt ? <>, <When at={current.changedAt} /></> : null}</> } : null,
          record.holder ? { name: "Lease held by", value: <Link to="/leases" search={{ service }}>{record.holder}</Link> } : null,
          record.upstream ? { name: "Upstream said", value: <code>{record.upstream.code ? `${record.upstream.status} ${record.upstream.code}` : record.upstream.status}</code> } : null,
          status.data && record.state !== "potential" ? { name: "For its consumer", value: <Identifier text={`${status.data.gatewayPublicUrl}${conflictPath}${record.id}`} what="the address that its consumer can open" /> } : null,
        ]}
      />
    </Section>
  );
}
