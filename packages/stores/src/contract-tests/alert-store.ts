/** What every configuration store guarantees of alerts; each engine runs this suite against itself. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AlertEventDraft, DeliveryDraft, StoredAlertState } from "../ports/alert-store.ts";
import type { ConfigStore } from "../ports/config-store.ts";
import type { ConfigStoreUnderTest } from "./config-store.ts";

const state = (over: Partial<StoredAlertState> = {}): StoredAlertState => ({ alert: "spike", state: "firing", since: 1, acknowledged: null, silenced: null, toldAt: null, ...over });
const event = (over: Partial<AlertEventDraft> = {}): AlertEventDraft => ({ at: 1, alert: "spike", kind: "firing", firingSince: 1, value: 0.5, reason: "half of it", query: "service:notes", by: null, ...over });
const delivery = (over: Partial<DeliveryDraft> = {}): DeliveryDraft => ({ id: "one", channel: "ops", message: "{}", at: 1, events: [0], ...over });

export function alertStoreContract(engine: string, prepare: () => Promise<ConfigStoreUnderTest>): void {
  describe(`alerts in the configuration store on ${engine}`, () => {
    let place: ConfigStoreUnderTest;
    let store: ConfigStore;
    beforeEach(async () => {
      place = await prepare();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.destroy();
    });

    test("keeps states, history and what is to be sent over a restart", async () => {
      const silenced = { by: "ann", until: 9, reason: "known" };
      await store.alerts.commit({ states: [state({ silenced })], events: [event()], deliveries: [delivery()] });
      await store.close();
      store = await place.open();
      expect(await store.alerts.states()).toEqual([state({ silenced })]);
      expect(await store.alerts.due(1, 10)).toEqual([{ id: "one", channel: "ops", message: "{}", at: 1, attempts: 0 }]);
      expect(await store.alerts.events({ limit: 10 })).toMatchObject([{ alert: "spike", kind: "firing", value: 0.5, deliveries: [{ id: "one", state: "waiting", attempts: 0 }] }]);
    });

    test("an event that is there already brings no second message", async () => {
      await store.alerts.commit({ states: [], events: [event()], deliveries: [delivery()] });
      await store.alerts.commit({ states: [], events: [event()], deliveries: [delivery({ id: "two" })] });
      expect((await store.alerts.due(1, 10)).map(({ id }) => id)).toEqual(["one"]);
      await store.alerts.commit({ states: [], events: [event(), event({ alert: "other" })], deliveries: [delivery({ id: "three", events: [0, 1] })] });
      expect((await store.alerts.events({ limit: 10, alert: "spike" })).map(({ deliveries }) => deliveries.map(({ id }) => id))).toEqual([["one"]]);
      expect((await store.alerts.due(1, 10)).map(({ id }) => id)).toEqual(["one", "three"]);
    });

    test("writes all of a change or nothing of it", async () => {
      const broken = { states: [state()], events: [event(), event({ alert: null as never })], deliveries: [delivery()] };
      await expect(store.alerts.commit(broken)).rejects.toThrow();
      expect([await store.alerts.states(), await store.alerts.events({ limit: 10 }), await store.alerts.due(1, 10)]).toEqual([[], [], []]);
    });

    test("a message comes up when it is due, until it is delivered or given up", async () => {
      await store.alerts.commit({ states: [], events: [event()], deliveries: [delivery(), delivery({ id: "two", channel: "mail" })] });
      await store.alerts.settle({ id: "one", delivered: false, error: "503", nextAt: 100 });
      expect((await store.alerts.due(99, 10)).map(({ id }) => id)).toEqual(["two"]);
      await store.alerts.settle({ id: "two", delivered: false, error: "no", nextAt: null });
      expect(await store.alerts.nextDue()).toBe(100);
      expect(await store.alerts.due(100, 10)).toMatchObject([{ id: "one", attempts: 1 }]);
      await store.alerts.settle({ id: "one", delivered: true, at: 101 });
      expect(await store.alerts.nextDue()).toBeNull();
      expect((await store.alerts.events({ limit: 1 }))[0]?.deliveries).toMatchObject([{ channel: "mail", state: "given-up", error: "no" }, { channel: "ops", state: "delivered", attempts: 2, deliveredAt: 101, error: null }]);
    });

    test("pages through history newest first, and forgets what is old but never a message that waits", async () => {
      for (let at = 1; at <= 4; at++) await store.alerts.commit({ states: [], events: [event({ at })], deliveries: [delivery({ id: `d${at}`, at })] });
      const [first] = await store.alerts.events({ limit: 2 });
      expect((await store.alerts.events({ limit: 9, before: (first?.id ?? 0) - 1 })).map(({ at }) => at)).toEqual([2, 1]);
      await store.alerts.settle({ id: "d1", delivered: true, at: 5 });
      await store.alerts.deleteBefore(3);
      expect((await store.alerts.events({ limit: 9 })).map(({ at }) => at)).toEqual([4, 3]);
      expect((await store.alerts.due(10, 9)).map(({ id }) => id)).toEqual(["d2", "d3", "d4"]);
    });

    test("forgets how alerts stood that are no more", async () => {
      await store.alerts.commit({ states: [state(), state({ alert: "other" })], events: [], deliveries: [] });
      await store.alerts.forget(["spike"]);
      expect((await store.alerts.states()).map(({ alert }) => alert)).toEqual(["other"]);
    });
  });
}
