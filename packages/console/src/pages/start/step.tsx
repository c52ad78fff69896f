/** One step of the way: its number, or a tick once it is done. */
import { IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./start.module.css";

interface StepProps {
  number: number;
  title: string;
  done: boolean;
  children: ReactNode;
}

export function Step({ number, title, done, children }: StepProps) {
  return (
    <li className={classes["step"]} data-done={done || undefined}>
      <span className={classes["number"]}>{done ? <IconCheck size={15} stroke={2.4} aria-label="done" /> : number}</span>
      <div className={classes["body"]}>
        <h2>{title}</h2>
        {children}
      </div>
    </li>
  );
}
