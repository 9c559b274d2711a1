import { describe, expect, it } from "vitest";
import { matching } from "./match.ts";

const things = [
  { id: "jitsi-aaa", name: "Team call" },
  { id: "etherpad-bbb", name: "Bed plan" },
  { id: "etherpad-ccc", name: "Agenda" },
  { id: "poll-ddd", name: "Poll bot", also: ["@poll:example.org", "poll"] },
  { id: "hook-eee", name: "Hook", also: ["jitsi-aaa"] },
  { id: "", name: "Without a key" },
  { id: "line\nbreak", name: "agenda" },
];
const ids = (said: string): readonly string[] => matching(things, said).map(({ id }) => id);

describe("what a person means by a word", () => {
  it.each([
    ["jitsi-aaa", ["jitsi-aaa"]],
    ["bed plan", ["etherpad-bbb"]],
    ["BED  Plan", ["etherpad-bbb"]],
    ["bed", ["etherpad-bbb"]],
    ["team", ["jitsi-aaa"]],
    ["jitsi", ["jitsi-aaa"]],
    ["Without", [""]],
    ["@poll:example.org", ["poll-ddd"]],
    ["line break", ["line\nbreak"]],
    ["Bed\u200b plan", ["etherpad-bbb"]],
    ["nothing", []],
  ])("finds %j", (said, found) => {
    expect(ids(said)).toEqual(found);
  });

  it("names all that it may be", () => {
    expect(ids("etherpad")).toEqual(["etherpad-bbb", "etherpad-ccc"]);
    expect(ids("agenda")).toEqual(["etherpad-ccc", "line\nbreak"]);
  });

  it("prefers a whole id to the name of another, and a whole name to a beginning", () => {
    expect(ids("poll")).toEqual(["poll-ddd"]);
    expect(
      matching([...things, { id: "x", name: "jitsi-aaa" }], "jitsi-aaa").map(({ id }) => id),
    ).toEqual(["jitsi-aaa"]);
    expect(matching([...things, { id: "x", name: "Bed" }], "bed").map(({ id }) => id)).toEqual([
      "x",
    ]);
  });

  it("finds what has an empty id by that alone, not by every word", () => {
    expect(ids("")).toEqual([""]);
    expect(matching([{ id: "a", name: "A" }], "")).toEqual([]);
  });
});
