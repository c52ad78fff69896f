/** Hot path (benchmark: observe). The resources that are followed, of a service with more than one, under a bound. */
import type { Track } from "./track.ts";

export class Tracks {
  readonly #byResource = new Map<string, Track>();
  /** As they came, each place given to another once its track is forgotten; those of resources that are gone stay until then. */
  readonly #places: Track[] = [];
  /** Where the search for one to forget goes on. */
  #hand = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#byResource.size;
  }

  get(resource: string): Track | undefined {
    return this.#byResource.get(resource);
  }

  values(): Iterable<Track> {
    return this.#byResource.values();
  }

  /** Of a resource that has none. */
  add(track: Track): void {
    if (this.#places.length < this.#max) this.#places.push(track);
    else this.#places[this.#emptied()] = track;
    this.#byResource.set(track.resource, track);
  }

  delete(resource: string): void {
    this.#byResource.delete(resource);
  }

  /**
   * The place of one that was not touched since the search came by. An order of all by their last touch would cost more: moving
   * one at every read, and stepping over all that have left the map's front at every eviction.
   */
  #emptied(): number {
    for (;;) {
      const place = this.#hand;
      this.#hand = (place + 1) % this.#places.length;
      const track = this.#places[place] as Track;
      const isGone = this.#byResource.get(track.resource) !== track;
      if (!isGone && !track.touched) this.#byResource.delete(track.resource);
      if (isGone || !track.touched) return place;
      track.touched = false;
    }
  }
}
