import { SegmentedControl } from "@mantine/core";

export type View = "form" | "yaml";

const views = [
  { value: "form", label: "Form" },
  { value: "yaml", label: "YAML" },
];

export function ViewSwitch({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  return <SegmentedControl aria-label="View" data={views} value={view} onChange={(value) => onChange(value as View)} />;
}
