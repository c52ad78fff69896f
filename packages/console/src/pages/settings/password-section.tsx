/** One's own password. */
import { Button, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { call } from "../../api/client.ts";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { useToast } from "../../components/toast.tsx";
import classes from "../../editing/editing.module.css";

export function PasswordSection() {
  const toast = useToast();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const changing = useMutation({
    mutationFn: () => call("changePassword", { body: { current, next } }),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      toast("The password is changed. Your other sessions have ended.");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    changing.mutate();
  };
  return (
    <Section title="Your password" hint="Changing it ends your sessions in other browsers.">
      <form className={classes["rows"]} onSubmit={submit}>
        <div className={classes["fields"]} data-fill>
          <PasswordInput label="Current password" autoComplete="current-password" required value={current} onChange={(event) => setCurrent(event.currentTarget.value)} />
          <PasswordInput label="New password" autoComplete="new-password" required minLength={12} placeholder="At least 12 characters" value={next} onChange={(event) => setNext(event.currentTarget.value)} />
        </div>
        {changing.error ? <ProblemNotice error={changing.error} /> : null}
        <Button type="submit" variant="default" loading={changing.isPending}>
          Change the password
        </Button>
      </form>
    </Section>
  );
}
