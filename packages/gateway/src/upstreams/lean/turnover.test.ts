import { expect, test } from "vitest";
import { Turnover } from "./turnover.ts";

const patienceMs = 3;

test("nobody waits before anything is known of the upstream", () => {
  expect(new Turnover(patienceMs).isQuick(0, 100)).toBe(false);
});

test("as many wait as the connections can carry in time", () => {
  const turnover = new Turnover(patienceMs);
  turnover.answered(0.5, 1);
  expect(turnover.isQuick(59, 10)).toBe(true);
  expect(turnover.isQuick(60, 10)).toBe(false);
});

test("nobody waits for an upstream that takes longer than a call is to wait, however many connections there are", () => {
  const turnover = new Turnover(patienceMs);
  turnover.answered(4, 1);
  expect(turnover.isQuick(0, 1000)).toBe(false);
});

test("one quick answer among slow ones is soon forgotten", () => {
  const turnover = new Turnover(patienceMs);
  turnover.answered(0.3, 1);
  turnover.answered(200, 2);
  expect(turnover.isQuick(0, 1000)).toBe(false);
});

test("a stall, in which all answers come late and in one turn, makes nobody's upstream a slow one", () => {
  const turnover = new Turnover(patienceMs);
  turnover.answered(0.5, 1);
  for (let answer = 0; answer < 100; answer++) turnover.answered(15, 2);
  expect(turnover.isQuick(50, 30)).toBe(true);
});

test("after waiting in vain nobody waits until an answer was quick again", () => {
  const turnover = new Turnover(patienceMs);
  turnover.answered(0.5, 1);
  turnover.disappointed();
  expect(turnover.isQuick(0, 100)).toBe(false);
  turnover.answered(0.5, 2);
  expect(turnover.isQuick(0, 100)).toBe(true);
});
