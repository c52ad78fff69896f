/** A page that threw: a bug of the console. The navigation stays. */
import { Button } from "@mantine/core";
import { Page } from "../components/page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";

export function FailedPage({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Page title="This page failed" actions={<Button onClick={reset}>Try again</Button>}>
      <ProblemNotice error={error} />
    </Page>
  );
}
