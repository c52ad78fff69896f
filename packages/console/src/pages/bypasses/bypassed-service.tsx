/** One service that is written past the gateway: what that means, where it was found, how it is ended, and saying that it was. */
import { Button } from "@mantine/core";
import type { ShownBypass } from "@parley/contract/api/bypasses";
import type { RouteGuarantee } from "@parley/contract/api/conflicts";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { GuaranteeChip } from "../../components/guarantee-chip.tsx";
import { May } from "../../components/may.tsx";
import { When } from "../../components/now.tsx";
import { Section } from "../../components/page.tsx";
import { countText } from "../../format/quantities.ts";
import { conflictsAbout } from "../conflicts/filter.ts";
import { AcknowledgeDialog } from "./acknowledge-dialog.tsx";
import classes from "./bypasses.module.css";

type Place = ShownBypass["resources"][number];

export function BypassedService({ bypass, guarantee }: { bypass: ShownBypass; guarantee: RouteGuarantee | undefined }) {
  const { service, foundAt, resource, resources } = bypass;
  const [asking, setAsking] = useState(false);
  const columns: readonly Column<Place>[] = [
    { head: "Resource", cell: (place) => <Link to="/history" search={{ service, resource: place.resource }} className={classes["resource"]}>{place.resource}</Link> },
    { head: "Writes found", cell: (place) => countText(place.count), right: true },
    { head: "Last", cell: (place) => <When at={place.lastAt} /> },
    { head: "First", cell: (place) => <When at={place.firstAt} />, wideOnly: true },
    { head: "Who ran into it", cell: (place) => <Link to="/conflicts" search={conflictsAbout({ service, resource: place.resource, consumer: "bypass" })}>conflicts</Link>, wideOnly: true },
  ];
  const acknowledge = (
    <May do="forgetBypass">
      {(disabled) => (
        <Button variant="default" disabled={disabled} onClick={() => setAsking(true)}>
          It is ended
        </Button>
      )}
    </May>
  );
  return (
    <Section title={`Writes past the gateway on ${service}`} hint={<>The last one was found <When at={foundAt} />, on <code>{resource}</code>.</>} actions={acknowledge}>
      <div className={classes["facts"]}>
        <p>
          <strong>What it means.</strong> <EntityLink kind="service" name={service} /> guarantees <GuaranteeChip level={guarantee?.level ?? "detect"} />{" "}
          {guarantee?.level === "atomic"
            ? "all the same: its upstream compares versions by itself, so nobody overwrites what they have not seen."
            : "and not serialized, as it could. Nobody who comes through the gateway overwrites another, but between the gateway's look at a resource and its write somebody past it can be overwritten, or overwrite. It shows afterwards, here."}
        </p>
        <p>
          <strong>Who it was</strong> the gateway cannot know, since it saw no request: only that the resource is not as the last write through it left it. When, and on what, is below; the upstream's own log at that time has the address.
        </p>
      </div>
      {resources.length > 0 ? <DataTable label={`Resources of ${service} that were written past the gateway`} columns={columns} rows={resources} rowKey={(place) => place.resource} /> : null}
      <WaysToEnd />
      <AcknowledgeDialog bypass={asking ? bypass : null} onClose={() => setAsking(false)} />
    </Section>
  );
}

function WaysToEnd() {
  return (
    <div className={classes["ways"]}>
      <h3>How to end it</h3>
      <ol>
        <li>
          Find the writer in the upstream's log at the times above: a job, a migration, an older client, somebody with a database console.
        </li>
        <li>
          Send it through the gateway: a consumer and a key of its own, and its writes are ordered with all others.
        </li>
        <li>
          Close the way around: let the upstream listen to the gateway alone, or give the gateway credentials that nobody else has (<code>upstream.credentials</code>).
        </li>
        <li>
          Where it has to stay, let the upstream compare: <code>validator: upstream</code> or an adapter, and a <code>conflict.probe</code> that earns <GuaranteeChip level="atomic" />.
        </li>
      </ol>
    </div>
  );
}
