/** The range of time: spans that go on, two moments that stay, and steps back, forth and wider. */
import { ActionIcon, Button, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconCalendarTime, IconChevronLeft, IconChevronRight, IconZoomOut } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { zoneName } from "../format/moments.ts";
import { useShortcut } from "../shell/shortcuts.tsx";
import { fieldValue, momentOfField } from "./moment-field.ts";
import classes from "./observe.module.css";
import { allSpans, boundsOf, type Range, rangeText, shifted, spanText, widened } from "./range.ts";

interface RangeMenuProps {
  range: Range;
  onChange: (range: Range) => void;
}

export function RangeMenu({ range, onChange }: RangeMenuProps) {
  const [opened, setOpened] = useState(false);
  const choose = (next: Range) => {
    setOpened(false);
    onChange(next);
  };
  const earlier = () => onChange(shifted(range, Date.now(), -1));
  const later = () => onChange(shifted(range, Date.now(), 1));
  const wider = () => onChange(widened(range, Date.now()));
  useShortcut("[", "The range before this one", earlier);
  useShortcut("]", "The range after this one", later);
  useShortcut("z", "A wider range", wider);
  return (
    <div className={classes["range"]}>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
        <Popover.Target>
          <Button variant="default" leftSection={<IconCalendarTime size={15} stroke={1.6} />} onClick={() => setOpened(!opened)} aria-label={`Range of time: ${rangeText(range)}`}>
            {rangeText(range)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={classes["rangeMenu"] ?? ""} aria-label="Range of time">
          {allSpans.map((span) => (
            <button key={span} type="button" className={classes["span"]} aria-pressed={range.kind === "last" && range.span === span} onClick={() => choose({ kind: "last", span })}>
              {spanText(span)}
            </button>
          ))}
          <BetweenForm range={range} onChoose={choose} />
        </Popover.Dropdown>
      </Popover>
      <Step label="The range before this one" icon={<IconChevronLeft size={16} stroke={1.6} />} act={earlier} />
      <Step label="The range after this one" icon={<IconChevronRight size={16} stroke={1.6} />} act={later} />
      <Step label="A wider range" icon={<IconZoomOut size={16} stroke={1.6} />} act={wider} />
    </div>
  );
}

function Step({ label, icon, act }: { label: string; icon: React.ReactNode; act: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={28} aria-label={label} onClick={act}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function BetweenForm({ range, onChoose }: { range: Range; onChoose: (range: Range) => void }) {
  const { from, to } = boundsOf(range, Date.now());
  const [typed, setTyped] = useState({ from: fieldValue(from), to: fieldValue(to ?? Date.now()) });
  const [start, end] = [momentOfField(typed.from), momentOfField(typed.to)];
  const isRange = start !== null && end !== null && start < end;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isRange) onChoose({ kind: "between", from: start, to: end });
  };
  return (
    <form className={classes["between"]} onSubmit={submit}>
      <TextInput type="datetime-local" step={1} label="From" value={typed.from} onChange={(event) => setTyped({ ...typed, from: event.currentTarget.value })} />
      <TextInput type="datetime-local" step={1} label="To" value={typed.to} onChange={(event) => setTyped({ ...typed, to: event.currentTarget.value })} />
      <small>Times are in {zoneName()}.</small>
      <Button type="submit" disabled={!isRange}>
        Use this range
      </Button>
    </form>
  );
}
