/** What is kept of the service's answers, how often it was of use, and having it forgotten. */
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { Facts } from "../../components/facts.tsx";
import { May } from "../../components/may.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { counted, countText, sizeText } from "../../format/quantities.ts";
import classes from "./service-traffic.module.css";

export function CacheSection({ name, path }: { name: string; path: string }) {
  const [place, setPlace] = useState(path);
  const caches = useQuery({ ...reading("listCaches"), refetchInterval: 5_000 });
  const client = useQueryClient();
  const purging = useMutation({ mutationFn: () => call("purgeCache", { query: { service: name, path: place } }), onSuccess: () => client.invalidateQueries() });
  const kept = caches.data?.items.find(({ service }) => service === name);
  return (
    <Section title="Response cache" hint="Stored answers are served again until they are too old or a write invalidates them.">
      {caches.error ? <ProblemNotice error={caches.error} /> : null}
      {kept ? (
        <Facts
          facts={[
            { name: "Hit rate", value: kept.hitShare === null ? "no read yet" : `${(kept.hitShare * 100).toFixed(1)} % of the reads since the gateway started` },
            { name: "Stored", value: `${counted(kept.answers, "answer")}, ${sizeText(kept.bytes)}` },
            { name: "Reads", value: `hit ${countText(kept.reads.hit)}, stale ${countText(kept.reads.stale)}, revalidated ${countText(kept.reads.revalidated)}, miss ${countText(kept.reads.miss)}, bypass ${countText(kept.reads.bypass)}` },
          ]}
        />
      ) : null}
      <May do="purgeCache">
        {(disabled) => (
          <form
            className={classes["row"]}
            onSubmit={(event) => {
              event.preventDefault();
              purging.mutate();
            }}
          >
            <TextInput className={classes["grow"] ?? ""} label="Path, with everything below it" value={place} onChange={({ currentTarget }) => setPlace(currentTarget.value)} />
            <Button type="submit" variant="default" disabled={disabled} loading={purging.isPending}>Purge</Button>
          </form>
        )}
      </May>
      {purging.error ? <ProblemNotice error={purging.error} /> : null}
      {purging.data ? <p className={classes["quiet"]} role="status">{counted(purging.data.answers, "answer")} purged, by {counted(purging.data.workers, "worker")}.</p> : null}
    </Section>
  );
}
