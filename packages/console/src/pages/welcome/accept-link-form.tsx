/** Sets the password that the link allows to set, and signs in. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "../sign-in/sign-in.module.css";

const leastCharacters = 12;

/** `name` is null on the first person's link. */
export function AcceptLinkForm({ token, name }: { token: string; name: string | null }) {
  const [chosen, setChosen] = useState(name ?? "");
  const [password, setPassword] = useState("");
  const [left, setLeft] = useState(false);
  const accept = useMutation({
    mutationFn: () => call("acceptLink", { body: { token, password, ...(name === null ? { name: chosen } : {}) } }),
    // A whole new page, so that the token and the password are gone from memory.
    onSuccess: () => location.replace("/"),
  });
  const missing = leastCharacters - password.length;
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (missing <= 0) accept.mutate();
        else setLeft(true);
      }}
    >
      <p className={classes["hint"]}>{name === null ? "You are the first here, and become the owner of this installation." : `This link is for ${name}.`} Choose a password; the link works once.</p>
      <TextInput label="Name" name="username" autoComplete="username" required readOnly={name !== null} autoFocus={name === null} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)} />
      <PasswordInput
        label="Password"
        description="At least 12 characters. A few words make a good one."
        name="password"
        autoComplete="new-password"
        required
        autoFocus={name !== null}
        value={password}
        error={left && missing > 0 ? `${missing} more characters` : null}
        onBlur={() => setLeft(password !== "")}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {accept.error ? <ProblemNotice error={accept.error} /> : null}
      <Button type="submit" size="sm" loading={accept.isPending}>
        Set the password and sign in
      </Button>
    </form>
  );
}
