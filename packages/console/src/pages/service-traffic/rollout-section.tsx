/** The canary release beside what it is to replace, and the hand on its share: more, all of it, or back at once. */
import { Button, NumberInput, SegmentedControl } from "@mantine/core";
import type { Entity } from "@parley/contract/api/entities";
import type { ServiceSource } from "@parley/contract/config/service";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip } from "../../components/chip.tsx";
import { Facts } from "../../components/facts.tsx";
import { May } from "../../components/may.tsx";
import { useNow } from "../../components/now.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { useToast } from "../../components/toast.tsx";
import { countText, durationText } from "../../format/quantities.ts";
import { RolloutProgress } from "./rollout-progress.tsx";
import { compared, comparisons, rateOf, type Verdict } from "./rollout.ts";
import classes from "./service-traffic.module.css";

type Totals = Answer<"analyse">["totals"];
type Canary = NonNullable<ServiceSource["canary"]>;

const spans = [{ value: "15", label: "15 min" }, { value: "60", label: "1 h" }, { value: "1440", label: "24 h" }];
const verdicts: Record<Verdict, { meaning: "neutral" | "ok" | "error"; text: string }> = {
  "too-few": { meaning: "neutral", text: "too few calls to tell" },
  "no-difference": { meaning: "neutral", text: "no difference" },
  better: { meaning: "ok", text: "canary is better" },
  worse: { meaning: "error", text: "canary is worse" },
};

export function RolloutSection({ service, canary }: { service: Entity<ServiceSource>; canary: Canary }) {
  const [minutes, setMinutes] = useState("60");
  const minute = Math.floor(useNow() / 10_000) * 10_000;
  const range = { service: service.name, by: "canary", from: minute - Number(minutes) * 60_000 };
  const of = canary.version === undefined ? "" : `version:"${canary.version}" `;
  const often = { refetchInterval: 5_000, placeholderData: keepPreviousData };
  const stable = useQuery({ ...reading("analyse", { query: { ...range, query: `${of}-canary:true` } }), ...often });
  const released = useQuery({ ...reading("analyse", { query: { ...range, query: "canary:true" } }), ...often });
  return (
    <Section
      title="Canary release"
      hint={`${canary.target ?? `version ${canary.version}`} gets ${canary.percent} % of the calls${canary.version && canary.target ? ` of ${canary.version}` : ""}${canary.rollout ? " to begin with" : ""}. Shares are compared by a two-proportion z-test at 95 %, two-sided.${canary.rollout ? " The rollout decides by tests of its own, which are listed with their figures." : ""}`}
      actions={<SegmentedControl aria-label="Time that is compared" data={spans} value={minutes} onChange={setMinutes} />}
    >
      {stable.error ? <ProblemNotice error={stable.error} /> : null}
      {stable.data && released.data ? <Arms stable={stable.data.totals} canary={released.data.totals} /> : null}
      {canary.rollout && canary.percent > 0 ? <RolloutProgress name={service.name} /> : <ShareControl service={service} canary={canary} />}
    </Section>
  );
}

function Arms({ stable, canary }: { stable: Totals; canary: Totals }) {
  return (
    <>
      <div className={classes["arms"]}>
        <Arm name="Stable" totals={stable} />
        <Arm name="Canary" totals={canary} />
      </div>
      <div className={classes["row"]}>
        {comparisons.map(({ name, of }) => {
          const { meaning, text } = verdicts[compared({ count: of(canary), calls: canary.calls }, { count: of(stable), calls: stable.calls })];
          return <Chip key={name} meaning={meaning}>{`${name}: ${text}`}</Chip>;
        })}
      </div>
    </>
  );
}

function Arm({ name, totals }: { name: string; totals: Totals }) {
  const rate = (count: number): string => {
    const { share, low, high } = rateOf(count, totals.calls);
    return totals.calls === 0 ? "–" : `${percentText(share)} (${percentText(low)} to ${percentText(high)})`;
  };
  const time = (milliseconds: number | null): string => (milliseconds === null ? "–" : durationText(milliseconds));
  return (
    <section className={classes["arm"]} aria-label={name}>
      <h3>{name}</h3>
      <Facts facts={[{ name: "Calls", value: countText(totals.calls) }, ...comparisons.map((each) => ({ name: each.name, value: rate(each.of(totals)) })), { name: "Half within", value: time(totals.p50Ms) }, { name: "99 % within", value: time(totals.p99Ms) }]} />
    </section>
  );
}

function ShareControl({ service, canary }: { service: Entity<ServiceSource>; canary: Canary }) {
  const [percent, setPercent] = useState<number | string>(canary.percent);
  const client = useQueryClient();
  const toast = useToast();
  const changing = useMutation({
    mutationFn: (next: number) => call("patchService", { path: { name: service.name }, body: { canary: { percent: next } }, ifMatch: service.etag }),
    onSuccess: async (_, next) => {
      setPercent(next);
      toast(next === 0 ? `The canary of ${service.name} gets no calls any more.` : `The canary of ${service.name} gets ${next} % of the calls.`);
      await client.invalidateQueries();
    },
  });
  const isOurs = service.origin === "database";
  return (
    <>
      <May do="patchService">
        {(disabled) => (
          <div className={classes["row"]}>
            <NumberInput label="Share of the canary" suffix=" %" min={0} max={100} w={150} readOnly={!isOurs} value={percent} onChange={setPercent} />
            <Button disabled={disabled || !isOurs || Number(percent) === canary.percent} loading={changing.isPending} onClick={() => changing.mutate(Number(percent))}>Set</Button>
            <Button variant="default" color="danger" disabled={disabled || !isOurs || canary.percent === 0} loading={changing.isPending} onClick={() => changing.mutate(0)}>Back at once</Button>
          </div>
        )}
      </May>
      {isOurs ? null : <p className={classes["quiet"]}>The configuration file owns this service: set <code>canary.percent</code> there.</p>}
      {changing.error ? <ProblemNotice error={changing.error} /> : null}
    </>
  );
}

function percentText(share: number): string {
  return share < 0.00005 ? "0 %" : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
}
