import { describe, expect, it } from "vitest";
import { DAY_MS, dayOf } from "../../kernel/days.ts";
import { dayToTell, dueDate, extendedDueDate, type Waiting } from "./dueDates.ts";

const at = (text: string): number => Date.parse(text);

describe("R66 R78 the day before which a request must be answered", () => {
  it.each([
    ["2026-11-29T09:00:00Z", "2026-12-30", "as many days as a month of 30 has"],
    ["2026-12-01T00:00:00Z", "2027-01-01", "30 days, where the month is longer"],
    ["2027-01-29T23:59:59Z", "2027-02-28", "the last day of a month that lacks it"],
    ["2027-01-30T10:00:00Z", "2027-02-28", "the same for every day that it lacks"],
    ["2027-01-31T10:00:00Z", "2027-03-01", "the first, counted from the day after"],
    ["2028-01-30T10:00:00Z", "2028-02-29", "the 29th, where February has one"],
    ["2026-12-31T23:59:59.999Z", "2027-01-31", "of the next year"],
  ])("for %s is %s: %s", (came, due) => {
    expect(new Date(dueDate(at(came))).toISOString()).toBe(`${due}T00:00:00.000Z`);
  });

  it("is never later than 30 days from the day after, nor than the calendar month", () => {
    for (let day = 0; day < 1500; day += 1) {
      const came = at("2026-01-01T12:00:00Z") + day * DAY_MS;
      const due = dueDate(came);
      expect(due - came).toBeLessThanOrEqual(31 * DAY_MS);
      expect(due - came).toBeGreaterThan(28 * DAY_MS);
    }
  });

  it("is two further months off at most, where it is put off", () => {
    expect(dayOf(extendedDueDate(at("2026-11-29T09:00:00Z")))).toBe("2027-02-28");
    expect(dayOf(extendedDueDate(at("2026-05-31T09:00:00Z")))).toBe("2026-08-30");
  });
});

describe("R66 when operators are told that a request waits", () => {
  const came = at("2026-11-29T09:00:00Z");
  const waiting: Waiting = { at: came, due: dueDate(came), extended: false };
  const after = (days: number): number => came + days * DAY_MS;

  it.each([
    [0, undefined, 0],
    [6.99, 0, undefined],
    [7, 0, 7],
    [8, 7, undefined],
    [20, 7, 20],
    [25, 20, 25],
    [28, 25, 28],
    [40, 28, undefined],
  ])("after %s days, told of %s, it is of day %s", (days, toldOn, told) => {
    expect(dayToTell({ ...waiting, toldOn }, after(days))).toBe(told);
  });

  it("is of the newest day alone after some time away", () => {
    expect(dayToTell({ ...waiting, toldOn: 0 }, after(26))).toBe(25);
    expect(dayToTell(waiting, after(200))).toBe(28);
  });

  it("counts back from the new date where it was put off", () => {
    const due = extendedDueDate(came);
    const later = { at: came, due, extended: true, toldOn: 0 };
    expect(dayToTell(later, due - 23 * DAY_MS - 1)).toBeUndefined();
    expect(dayToTell(later, due - 23 * DAY_MS)).toBe(7);
    expect(dayToTell({ ...later, toldOn: 25 }, due - 2 * DAY_MS)).toBe(28);
  });
});
