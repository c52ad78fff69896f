/** Sign in: shown at whatever address was asked for, which is where one is afterwards. */
import { useEffect } from "react";
import { EntrancePage } from "./entrance-page.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export function SignInPage() {
  useEffect(() => {
    document.title = "Sign in · Parley";
  }, []);
  return (
    <EntrancePage
      title="Sign in"
      foot={
        <>
          The first person signs in with the link that <code>./parley up</code> printed. Link or password lost? <code>./parley admin reset</code> on the machine itself
          prints a new link; for everybody else an owner makes one under People.
        </>
      }
    >
      <SignInForm />
    </EntrancePage>
  );
}
