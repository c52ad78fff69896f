import fc from "fast-check";
import { expect, it } from "vitest";
import { PlacedList, type Placed } from "./placed-list.ts";

it("holds what was added and not removed, whatever the order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (steps) => {
      const items: (Placed & { id: number })[] = Array.from({ length: 10 }, (_, id) => ({ id, place: -1 }));
      const list = new PlacedList<Placed & { id: number }>();
      const model = new Set<number>();
      for (const [adds, id] of steps) {
        const item = items[id] as Placed & { id: number };
        if (adds) list.add(item);
        else list.remove(item);
        if (adds) model.add(id);
        else model.delete(id);
      }
      expect(new Set(list.all().map((item) => item.id))).toEqual(model);
      expect(list.size).toBe(model.size);
    }),
  );
});
