/** How do I make my first call? Four steps, each done where it stands; the last one sees the call arrive. */
import { useState } from "react";
import { Page } from "../../components/page.tsx";
import { ArrivalStep } from "./arrival-step.tsx";
import { KeyStep, type MadeKey } from "./key-step.tsx";
import { ProviderStep } from "./provider-step.tsx";
import { SnippetStep } from "./snippet-step.tsx";
import classes from "./start.module.css";
import { useArrivals } from "./use-arrivals.ts";

export function StartPage() {
  const [made, setMade] = useState<MadeKey | null>(null);
  const arrivals = useArrivals();
  return (
    <Page title="Your first call" width="text">
      <ol className={classes["steps"]}>
        <ProviderStep />
        <KeyStep made={made} onMade={setMade} />
        <SnippetStep secret={made?.secret ?? null} done={arrivals.calls.some((call) => call.status < 400)} />
        <ArrivalStep arrivals={arrivals} />
      </ol>
    </Page>
  );
}
