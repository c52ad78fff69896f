/** The frame of the pages before one is signed in. */
import type { ReactNode } from "react";
import { Logo } from "../../shell/logo.tsx";
import classes from "./sign-in.module.css";

export function EntrancePage({ title, foot, children }: { title: string; foot?: ReactNode; children: ReactNode }) {
  return (
    <main className={classes["entrance"]}>
      <div className={classes["card"]}>
        <div className={classes["brand"]}>
          <Logo />
        </div>
        <h1>{title}</h1>
        {children}
        {foot ? <p className={classes["foot"]}>{foot}</p> : null}
      </div>
    </main>
  );
}
