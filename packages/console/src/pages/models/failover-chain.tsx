/** The alias drawn: where a call goes first, and where it goes from there; with the state that the gateway has measured. */
import type { ModelSource } from "@parley/contract/config/ai";
import { IconArrowDown, IconArrowRight } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import { Chip } from "../../components/chip.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { useNow } from "../../components/now.tsx";
import { Section } from "../../components/page.tsx";
import { countText, durationText } from "../../format/quantities.ts";
import { type ChainLink, chainOf } from "./chain.ts";
import classes from "./models.module.css";
import { priceText } from "./price-text.ts";

const everyMs = 5_000;
const lookedAtMs = 3_600_000;

const orders: Record<NonNullable<ModelSource["strategy"]>, { first: string; next: string; hint: string }> = {
  failover: { first: "first", next: "if it fails", hint: "In the order written. The next one steps in after a connection failure, 429, 5xx or a time-out, as long as no content has gone out." },
  weighted: { first: "by weight", next: "or", hint: "One is drawn by weight; if it fails, another of the rest." },
  fastest: { first: "the fastest", next: "then", hint: "In the order of the last minute's times to the first content. What was not measured comes first, so that it is." },
  cheapest: { first: "the cheapest", next: "then", hint: "In the order of the price of three tokens in for one out; without a known price last." },
};

export function FailoverChain({ name, spec }: { name: string; spec: ModelSource }) {
  const minute = Math.floor(useNow() / 60_000) * 60_000;
  const often = { refetchInterval: everyMs, placeholderData: keepPreviousData };
  const state = useQuery({ ...reading("getModelState"), ...often });
  const range = { from: minute - lookedAtMs, query: `kind:ai model:"${name}"` };
  const groups = useQuery({ ...reading("analyse", { query: { ...range, by: "provider,model" } }), ...often });
  const repeated = useQuery({ ...reading("listCalls", { query: { ...range, query: `${range.query} attempts:>1`, columns: "attemptLog", limit: 500 } }), ...often });
  const strategy = spec.strategy ?? "failover";
  const links = chainOf(name, spec, { state: state.data, groups: groups.data?.groups, repeated: repeated.data?.items });
  const { first, next, hint } = orders[strategy];
  return (
    <Section title="Where its calls go" hint={hint} actions={<LinkButton variant="default" to="/ai/playground" search={{ models: name }}>Try it</LinkButton>}>
      <ol className={classes["chain"]} aria-label={`Targets of ${name}, in the order in which they are tried`}>
        {links.map((link, index) => (
          <li key={`${link.name} ${index}`}>
            <span className={classes["arrow"]}>
              <IconArrowRight size={16} stroke={1.6} aria-hidden data-wide />
              <IconArrowDown size={16} stroke={1.6} aria-hidden data-narrow />
              {index === 0 ? first : next}
            </span>
            <LinkCard link={link} />
          </li>
        ))}
      </ol>
    </Section>
  );
}

function LinkCard({ link }: { link: ChainLink }) {
  return (
    <div className={classes["target"]} data-state={link.trouble || link.refused ? "broken" : link.restsForMs > 0 || isFailing(link) ? "resting" : "ready"}>
      <div className={classes["targetHead"]}>
        <code>{link.name}</code>
        <StateChip link={link} />
      </div>
      <dl>
        <div><dt>Provider</dt><dd><EntityLink kind="provider" name={link.provider} /></dd></div>
        <div><dt>Price</dt><dd>{priceText(link.price)}</dd></div>
        {link.share === null ? null : <div><dt>Share</dt><dd>{`${Math.round(link.share * 100)} %`}</dd></div>}
        {link.conditions.length === 0 ? null : <div><dt>Only</dt><dd>{link.conditions.join(", ")}</dd></div>}
        {link.measured.streamMs === null ? null : <div><dt>First content</dt><dd>{durationText(link.measured.streamMs)}</dd></div>}
        <div><dt>Last hour</dt><dd>{link.answered + link.failed === 0 ? "no call" : `${countText(link.answered)} answered, ${countText(link.failed)} failed`}</dd></div>
        {link.p50Ms === null || link.answered === 0 ? null : <div><dt>Half within</dt><dd>{durationText(link.p50Ms)}</dd></div>}
      </dl>
      {link.trouble ? <p>{link.trouble}</p> : null}
    </div>
  );
}

/** More than half of no small number. */
function isFailing({ answered, failed }: ChainLink): boolean {
  return failed > 3 && failed > answered;
}

function StateChip({ link }: { link: ChainLink }) {
  if (link.trouble) return <Chip meaning="error">cannot be asked</Chip>;
  if (link.refused) return <Chip meaning="error">key refused</Chip>;
  if (link.restsForMs > 0) return <Chip meaning="warning">{`rests ${durationText(link.restsForMs)}`}</Chip>;
  return isFailing(link) ? <Chip meaning="warning">failing of late</Chip> : <Chip meaning="ok">ready</Chip>;
}
