/**
 * What a model wrote, made readable and inert: React elements only, never HTML; no picture is fetched and no link can be
 * followed, since the text is not ours and may be anybody's.
 */
import { memo } from "react";
import { type Block, blocksOf, type Span, spansOf } from "./blocks.ts";
import classes from "./markdown.module.css";

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className={classes["markdown"]}>
      {blocksOf(text).map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
});

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case "heading":
      // Below the page's own headings, whatever its level.
      return <p className={classes["heading"]} data-level={block.level}><Spans text={block.text} /></p>;
    case "code":
      return <pre tabIndex={0} role="region" aria-label={block.language || "code"}><code>{block.text}</code></pre>;
    case "list":
      return block.ordered ? <ol><Items items={block.items} /></ol> : <ul><Items items={block.items} /></ul>;
    case "quote":
      return <blockquote><Spans text={block.text} /></blockquote>;
    case "table":
      return <TableView head={block.head} rows={block.rows} />;
    case "rule":
      return <hr />;
    case "paragraph":
      return <p><Spans text={block.text} /></p>;
  }
}

function Items({ items }: { items: readonly string[] }) {
  return items.map((item, index) => <li key={index}><Spans text={item} /></li>);
}

function TableView({ head, rows }: { head: readonly string[]; rows: readonly string[][] }) {
  return (
    <div className={classes["table"]} tabIndex={0} role="region" aria-label="table">
      <table>
        <thead>
          <tr>{head.map((cell, index) => <th key={index} scope="col"><Spans text={cell} /></th>)}</tr>
        </thead>
        <tbody>{rows.map((row, index) => <tr key={index}>{row.map((cell, place) => <td key={place}><Spans text={cell} /></td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

function Spans({ text }: { text: string }) {
  return spansOf(text).map((span, index) => <SpanView key={index} span={span} />);
}

function SpanView({ span }: { span: Span }) {
  switch (span.kind) {
    case "code": return <code>{span.text}</code>;
    case "strong": return <strong>{span.text}</strong>;
    case "emphasis": return <em>{span.text}</em>;
    case "link": return <>{span.text} <code className={classes["address"]}>{span.address}</code></>;
    case "text": return <>{span.text}</>;
  }
}
