/** No page has this address. */
import { LinkButton } from "../components/link-button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Page } from "../components/page.tsx";

export function NotFoundPage() {
  return (
    <Page title="No such page">
      <EmptyState title="There is no page at this address" action={<LinkButton to="/">Go to the start page</LinkButton>}>
        Press Ctrl K to find a page or an object by name.
      </EmptyState>
    </Page>
  );
}
