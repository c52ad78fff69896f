/** Name and password. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "./sign-in.module.css";

export function SignInForm({ hint }: { hint?: string }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => call("signIn", { body: { name, password } }),
    onSuccess: async (session) => {
      client.setQueryData(reading("getSession").queryKey, session);
      await client.invalidateQueries();
    },
  });
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate();
      }}
    >
      {hint ? <p className={classes["hint"]}>{hint}</p> : null}
      <TextInput label="Name" name="username" autoComplete="username" data-autofocus autoFocus required value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <PasswordInput label="Password" name="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
      {signIn.error ? <ProblemNotice error={signIn.error} /> : null}
      <Button type="submit" size="sm" loading={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
