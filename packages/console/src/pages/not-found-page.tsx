/** No page has this address. */
import { LinkButton } from "../components/link-button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Page } from "../components/page.tsx";

export function NotFoundPage() {
  return (
    <Page title="No such page">
      <EmptyState title="No page has this address" action={<LinkButton to="/">Go to the beginning</LinkButton>}>
        Ctrl K finds every page and object by its name.
      </EmptyState>
    </Page>
  );
}
