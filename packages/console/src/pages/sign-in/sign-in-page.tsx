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
          Lost the password? An owner makes a new link under People, or run <code>./parley admin reset</code> on the machine itself.
        </>
      }
    >
      <SignInForm />
    </EntrancePage>
  );
}
