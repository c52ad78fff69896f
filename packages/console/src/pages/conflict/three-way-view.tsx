/** Base, theirs and yours side by side, only where they differ. */
import classes from "./conflict.module.css";
import type { DifferenceRow, Side } from "./differences.ts";

export function ThreeWayView({ rows, truncated }: { rows: readonly DifferenceRow[]; truncated: boolean }) {
  return (
    <>
      <div className={classes["scroll"]} tabIndex={0} role="region" aria-label="What differs">
        <table className={classes["threeWay"]}>
          <thead>
            <tr>
              <th scope="col">Place</th>
              <th scope="col">Base<span>: what was read</span></th>
              <th scope="col">Theirs<span>: what somebody else wrote</span></th>
              <th scope="col">Yours<span>: what was to be written</span></th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.pointer} data-overlap={row.overlap || undefined}>
                <th scope="row" style={{ paddingLeft: 12 + row.depth * 16 }}>
                  <code>{row.name}</code>
                </th>
                {row.sides ? (
                  <>
                    <SideCell side={row.sides.base} />
                    <SideCell side={row.sides.theirs} />
                    <SideCell side={row.sides.yours} />
                  </>
                ) : (
                  <td colSpan={3} />
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {truncated ? <p className={classes["quiet"]}>There are more differences than are stored.</p> : null}
    </>
  );
}

const words = { absent: "not there", same: "as in the base", changed: "changed; the value is not kept", unknown: "not kept" } as const;

function SideCell({ side }: { side: Side }) {
  return <td data-kind={side.kind}>{side.kind === "value" ? <code>{side.text}</code> : words[side.kind]}</td>;
}
