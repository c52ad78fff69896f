/** One of a few views, in a row. Where the row is wider than the window it is scrolled to the one that is chosen. */
import { SegmentedControl } from "@mantine/core";
import { useEffect, useRef } from "react";
import classes from "./choice-bar.module.css";

interface ChoiceBarProps {
  label: string;
  value: string;
  data: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function ChoiceBar({ label, value, data, onChange }: ChoiceBarProps) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    frame.current?.querySelector("label[data-active]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [value]);
  return (
    <div ref={frame} className={classes["bar"]}>
      <SegmentedControl aria-label={label} value={value} onChange={onChange} data={[...data]} />
    </div>
  );
}
