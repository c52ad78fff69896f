/** A conversation as people read it: who said what, tools apart, and nothing in it that could act. */
import { Chip } from "../../../components/chip.tsx";
import { Markdown } from "../../../markdown/markdown.tsx";
import classes from "./conversation.module.css";
import type { Part, Turn } from "./said.ts";

export function ConversationView({ turns }: { turns: readonly Turn[] }) {
  return (
    <ol className={classes["turns"]}>
      {turns.map((turn, index) => (
        <li key={index} data-who={turn.who}>
          <small>{turn.who}</small>
          {turn.parts.map((part, place) => (
            <PartView key={place} part={part} />
          ))}
        </li>
      ))}
    </ol>
  );
}

function PartView({ part }: { part: Part }) {
  switch (part.kind) {
    case "text":
      return <Markdown text={part.text} />;
    case "refusal":
      return <div><Chip meaning="warning">refused to say</Chip><Markdown text={part.text} /></div>;
    case "reasoning":
      return <details><summary>Reasoning</summary><Markdown text={part.text} /></details>;
    case "attachment":
      return <div><Chip>{part.text}</Chip></div>;
    case "tool-call":
    case "tool-result":
      return (
        <div className={classes["tool"]}>
          <Chip meaning="accent">{part.kind === "tool-call" ? `calls ${part.name}` : `${part.name || "a tool"} gave`}</Chip>
          <pre tabIndex={0} role="region" aria-label={part.name}>{part.text}</pre>
        </div>
      );
  }
}
