/** How do I make my first call? Four steps, each done where it stands; the last one sees the call arrive. */
import { Skeleton } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { reading } from "../../api/queries.ts";
import { Page } from "../../components/page.tsx";
import { ArrivalStep } from "./arrival-step.tsx";
import { KeyStep, type MadeKey } from "./key-step.tsx";
import { ProviderStep } from "./provider-step.tsx";
import { SnippetStep } from "./snippet-step.tsx";
import classes from "./start.module.css";
import { useArrivals } from "./use-arrivals.ts";

/** Each step says what there is already, so that its height is known when they are there. */
const answersFirst = [reading("listProviders"), reading("listKnownProviders"), reading("listModels"), reading("listConsumers"), reading("getStatus"), reading("getAiSettings")];

export function StartPage() {
  const [made, setMade] = useState<MadeKey | null>(null);
  const arrivals = useArrivals();
  const isLoading = useQueries({ queries: answersFirst, combine: (answers) => answers.some((answer) => answer.isLoading) });
  return (
    <Page title="Your first call" width="text">
      {isLoading ? <Skeleton height={180} /> : null}
      <ol className={classes["steps"]} hidden={isLoading}>
        <ProviderStep />
        <KeyStep made={made} onMade={setMade} />
        <SnippetStep secret={made?.secret ?? null} done={arrivals.calls.some((call) => call.status < 400)} />
        <ArrivalStep arrivals={arrivals} />
      </ol>
    </Page>
  );
}
