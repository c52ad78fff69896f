/** On a service's page: what it guarantees to its writers now, and what another setting would have meant. */
import { useQuery } from "@tanstack/react-query";
import { reading } from "../api/queries.ts";
import { GuaranteeChip } from "../components/guarantee-chip.tsx";
import { LinkButton } from "../components/link-button.tsx";
import { Section } from "../components/page.tsx";
import { ProtectionAdvice } from "./protection-advice.tsx";
import { conflictsAbout } from "../pages/conflicts/filter.ts";
import classes from "./protection.module.css";

export function ProtectionSection({ service }: { service: string }) {
  const guarantees = useQuery({ ...reading("listGuarantees"), refetchInterval: 10_000 });
  const guarantee = guarantees.data?.items.find((item) => item.service === service);
  const bypasses = useQuery({ ...reading("listBypasses"), refetchInterval: 10_000 });
  const bypassed = bypasses.data?.items.some((item) => item.service === service);
  const links = (
    <div className={classes["links"]}>
      <LinkButton variant="default" to="/conflicts" search={conflictsAbout({ service })}>
        Its conflicts
      </LinkButton>
      <LinkButton variant="default" to="/leases" search={{ service }}>
        Its leases
      </LinkButton>
    </div>
  );
  return (
    <div id="protection">
      <Section title="Protection" hint="What writers can rely on now, and what other settings would have done with the last week's conflicts." actions={links}>
        {guarantee ? (
          <p className={classes["guarantee"]}>
            <GuaranteeChip level={guarantee.level} /> <span>{guarantee.reason}</span>
          </p>
        ) : null}
        {bypassed ? <LinkButton variant="default" className={classes["bypassed"] ?? ""} to="/bypasses" search={{ service }}>Where writes went past the gateway, and how to end it</LinkButton> : null}
        <ProtectionAdvice service={service} />
      </Section>
    </div>
  );
}
