/**
 * A sign-in link: choose a password (and, as the first person, a name). The token comes in the fragment, which no server
 * log sees; it is taken out of the address at once, so that neither history nor a screenshot keeps it.
 */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { call } from "../../api/client.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { EntrancePage } from "../sign-in/entrance-page.tsx";
import { AcceptLinkForm } from "./accept-link-form.tsx";
import { useTokenOfFragment } from "./token-of-fragment.ts";

export function WelcomePage() {
  const token = useTokenOfFragment();
  const link = useQuery({
    queryKey: ["inspectLink"],
    enabled: token !== null,
    staleTime: Infinity,
    queryFn: ({ signal }) => call("inspectLink", { body: { token: token ?? "" } }, signal),
  });
  useEffect(() => {
    document.title = "Welcome · Parley";
  }, []);
  return (
    <EntrancePage title="Welcome to Parley">
      {token === null ? (
        <p>
          This page needs a sign-in link. Open the link once more, or run <code>./parley admin reset</code> on the machine itself for a new one.
        </p>
      ) : null}
      {link.error ? <ProblemNotice error={link.error} /> : null}
      {link.isLoading ? <Skeleton height={120} /> : null}
      {token !== null && link.data ? <AcceptLinkForm token={token} name={link.data.name} /> : null}
    </EntrancePage>
  );
}
