/**
 * Lets in who is signed in. Where a session ends while somebody works, the form to sign in comes over the page and not
 * instead of it, so that nothing typed is lost.
 */
import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { isProblem } from "../api/problem-error.ts";
import { reading } from "../api/queries.ts";
import { SignInForm } from "../pages/sign-in/sign-in-form.tsx";
import { SignInPage } from "../pages/sign-in/sign-in-page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { Loading } from "./loading.tsx";

export function SessionGate({ children }: { children: ReactNode }) {
  const session = useQuery({ ...reading("getSession"), staleTime: 60_000 });
  const [wasIn, setWasIn] = useState(false);
  if (session.data && !wasIn) setWasIn(true);
  const isOut = isProblem(session.error, "not-signed-in");
  if (wasIn) {
    return (
      <>
        {children}
        <Modal opened={isOut} onClose={() => undefined} withCloseButton={false} title="Your session has ended">
          <SignInForm hint="Sign in to go on; the page stays as it is." />
        </Modal>
      </>
    );
  }
  if (isOut) return <SignInPage />;
  if (session.error) return <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />;
  return <Loading />;
}
