/** The lane diagram: a lane for each actor, reads hollow, writes filled, revisions on the axis, the collision marked. In order, not to scale. */
import { Link } from "@tanstack/react-router";
import { type RefObject, useEffect, useRef } from "react";
import { clockText } from "../../format/moments.ts";
import classes from "./conflict.module.css";
import { eventText, type Lane, type LaneEvent, type Lanes } from "./lanes.ts";

export function LaneChart({ lanes, places }: Lanes) {
  const events = lanes.flatMap((lane) => lane.events).toSorted((one, other) => one.place - other.place);
  const [first, last] = [events[0], events.at(-1)];
  const revisions = events.filter(({ revision }) => revision !== null);
  const frame = useRef<HTMLDivElement>(null);
  useCollisionInSight(frame, events.find(({ collision }) => collision));
  return (
    <div ref={frame} className={classes["scroll"]} tabIndex={0} role="region" aria-label="Who read and wrote it, in order">
      <div className={classes["lanes"]} style={{ minWidth: 120 + places * 34 }}>
        {lanes.map((lane) => (
          <LaneRow key={lane.actor} lane={lane} places={places} />
        ))}
        {revisions.length > 0 ? (
          <div className={classes["axis"]}>
            <span>Revision</span>
            <div className={classes["track"]}>
              {revisions.map(({ place, revision }) => (
                <span key={place} className={classes["tick"]} style={{ left: at(place, places) }}>
                  {revision}
                </span>
              ))}
            </div>
          </div>
        ) : null}
        {first && last ? (
          <div className={classes["axis"]}>
            <span>Time</span>
            <div className={classes["ends"]}>
              <span>{clockText(first.at, last.at)}</span>
              <span>{clockText(last.at, last.at)}</span>
            </div>
          </div>
        ) : null}
      </div>
      <p className={classes["legend"]}>
        <span><i className={classes["dot"]} data-kind="read" /> read</span>
        <span><i className={classes["dot"]} data-kind="write" /> wrote</span>
        <span><i className={classes["dot"]} data-kind="write" data-failed /> refused</span>
        <span><i className={classes["dot"]} data-kind="write" data-collision /> the collision</span>
      </p>
    </div>
  );
}

/** Where the lanes are wider than the window, what they are about is seen first; whoever scrolls away from it is left alone. */
function useCollisionInSight(frame: RefObject<HTMLDivElement | null>, collision: LaneEvent | undefined): void {
  const place = collision?.place;
  useEffect(() => {
    const mark = place === undefined ? null : frame.current?.querySelector("[data-collision]");
    if (!frame.current || !mark) return;
    const [outer, inner] = [frame.current.getBoundingClientRect(), mark.getBoundingClientRect()];
    frame.current.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
  }, [frame, place]);
}

function LaneRow({ lane, places }: { lane: Lane; places: number }) {
  return (
    <div className={classes["lane"]}>
      <span className={classes["actor"]} title={lane.actor} dir="auto">
        {lane.actor}
      </span>
      <div className={classes["track"]}>
        {lane.events.map((event) => (
          <EventDot key={event.place} actor={lane.actor} event={event} left={at(event.place, places)} />
        ))}
      </div>
    </div>
  );
}

function EventDot({ actor, event, left }: { actor: string; event: LaneEvent; left: string }) {
  const text = `${actor} ${eventText(event)}`;
  const dot = <i className={classes["dot"]} data-kind={event.kind} data-failed={event.failed || undefined} data-collision={event.collision || undefined} />;
  const title = `${text}, ${clockText(event.at, event.at)}`;
  if (event.call === null) return <span role="img" className={classes["event"]} style={{ left }} aria-label={text} title={title}>{dot}</span>;
  return (
    <Link to="/calls/$id" params={{ id: event.call }} className={classes["event"]} style={{ left }} aria-label={text} title={title}>
      {dot}
    </Link>
  );
}

function at(place: number, places: number): string {
  return `${((place + 0.5) / Math.max(1, places)) * 100}%`;
}
