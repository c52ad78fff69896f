/** On a service's page: what it guarantees to its writers now, and what another setting would have meant. */
import { useQuery } from "@tanstack/react-query";
import { reading } from "../api/queries.ts";
import { Chip, type Meaning } from "../components/chip.tsx";
import { LinkButton } from "../components/link-button.tsx";
import { Section } from "../components/page.tsx";
import { ProtectionAdvice } from "./protection-advice.tsx";
import classes from "./protection.module.css";

const levels: Record<string, Meaning> = { atomic: "ok", serialized: "ok", detect: "warning", none: "neutral" };

export function ProtectionSection({ service }: { service: string }) {
  const guarantees = useQuery({ ...reading("listGuarantees"), refetchInterval: 10_000 });
  const guarantee = guarantees.data?.items.find((item) => item.service === service);
  const links = (
    <div className={classes["links"]}>
      <LinkButton variant="default" to="/conflicts" search={{ service }}>
        Its conflicts
      </LinkButton>
      <LinkButton variant="default" to="/leases" search={{ service }}>
        Its leases
      </LinkButton>
    </div>
  );
  return (
    <div id="protection">
      <Section title="Protection" hint="What its writers can rely on at this moment, and what another setting would have made of the last week." actions={links}>
        {guarantee ? (
          <p className={classes["guarantee"]}>
            <Chip meaning={levels[guarantee.level] ?? "neutral"}>{guarantee.level}</Chip> <span>{guarantee.reason}</span>
          </p>
        ) : null}
        <ProtectionAdvice service={service} />
      </Section>
    </div>
  );
}
