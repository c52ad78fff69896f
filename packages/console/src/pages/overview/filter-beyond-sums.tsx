/** Sums are kept by service; a filter of another kind is asked of the calls themselves, in Analysis. */
import { Button, Group } from "@mantine/core";
import { LinkButton } from "../../components/link-button.tsx";
import { Notice } from "../../components/notice.tsx";
import { type ObserveSearch, sharedOf, withQuery } from "../../observe/search.ts";

export function FilterBeyondSums({ search, onSearch }: { search: ObserveSearch; onSearch: (search: ObserveSearch) => void }) {
  const action = (
    <Group gap={8}>
      <Button variant="default" onClick={() => onSearch(withQuery(search, ""))}>
        Clear the filter
      </Button>
      <LinkButton to="/analysis" search={sharedOf(search)}>
        Look at them in Analysis
      </LinkButton>
    </Group>
  );
  return (
    <Notice meaning="warning" title="These figures ignore the filter" action={action}>
      The overview reads sums by service, which are stored for over a year. The only filter that it can apply is one service, such as service:notes.
    </Notice>
  );
}
