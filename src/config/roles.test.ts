import { expect, it } from "vitest";
import type { UserId } from "../kernel/ids.ts";
import { allOfficers, officersFor, rolesOf } from "./roles.ts";

const OLGA = "@olga:example.org" as UserId;
const DORA = "@dora:example.org" as UserId;
const SAM = "@sam:example.org" as UserId;
const ROBIN = "@robin:example.org" as UserId;
const named = { operators: [OLGA], officers: { dpo: [DORA], support: [SAM] } };

it("R68 whoever is named for something does that and nothing else", () => {
  expect(rolesOf(named, OLGA)).toEqual(["operator"]);
  expect(rolesOf(named, DORA)).toEqual(["dpo"]);
  expect(rolesOf(named, SAM)).toEqual(["support"]);
  expect(allOfficers(named)).toEqual([OLGA, DORA, SAM]);
});

it("R68 what is for a role goes to whoever has it, and to all where nobody has", () => {
  expect(officersFor(named, ["dpo"])).toEqual([DORA]);
  expect(officersFor(named, ["dpo", "support"])).toEqual([DORA, SAM]);
  expect(officersFor(named)).toEqual([OLGA, DORA, SAM]);
  const none = { operators: [OLGA], officers: { dpo: [], support: [SAM] } };
  expect(officersFor(none, ["dpo"])).toEqual([OLGA]);
  const alone = { operators: [], officers: { dpo: [], support: [SAM] } };
  expect(officersFor(alone, ["dpo"])).toEqual([SAM]);
});

it("R68 whoever is named for nothing is an operator by their power in the operators' room", () => {
  expect(rolesOf(named, ROBIN)).toEqual(["operator"]);
});

it("R68 operators do what nobody is named for, and all that they are named for", () => {
  const none = { dpo: [], support: [] };
  expect(rolesOf({ operators: [OLGA], officers: none }, OLGA)).toEqual([
    "operator",
    "dpo",
    "support",
  ]);
  const both = { operators: [OLGA], officers: { dpo: [OLGA, DORA], support: [SAM] } };
  expect(rolesOf(both, OLGA)).toEqual(["operator", "dpo"]);
  expect(rolesOf({ operators: [], officers: { dpo: [DORA], support: [] } }, DORA)).toEqual(["dpo"]);
});
