import { expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { LiveCatalogue } from "../../integrations/liveCatalogue.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { BotEntry } from "./config.ts";
import { botSection } from "./section.ts";

const echo: BotEntry = {
  ...{ id: "echo-k2m4q1", name: "Echo", user: "@echo:x" as UserId, description: "Runs xyz.echo" },
  ...{ price: "free", host: { by: "operator" }, enabled: true, level: 0 },
};
const { id: _, ...own } = { ...echo, name: "Parrot" };

it("what was found is in the catalogue beside the list, until it is gone or the list has it", async () => {
  const found: BotEntry[] = [];
  const section = botSection([], () => found);
  const { entries } = section;
  const offer = new LiveCatalogue([section]);
  const names = (): readonly string[] =>
    offer.catalogue.browse({ kind: "bot" }).map((one) => one.name);
  expect(names()).toEqual([]);
  found.push(echo);
  section.renew();
  expect(names()).toEqual(["Echo"]);
  expect(entries).toEqual([echo]);
  const documents = memoryDocuments();
  await offer.change(documents, "bot", "parrot", own);
  expect(names()).toEqual(["Parrot"]);
  await offer.change(documents, "bot", "parrot", undefined);
  expect(names()).toEqual(["Echo"]);
  found.length = 0;
  section.renew();
  expect(names()).toEqual([]);
});

it("what was found never takes the id of something else, nor keeps the rest from being offered", () => {
  const found = [echo];
  const taken = { ...echo, user: "@other:x" as UserId, name: "Other" };
  const section = botSection([taken], () => found);
  const offer = new LiveCatalogue([section]);
  section.renew();
  expect(offer.catalogue.find("echo-k2m4q1")?.name).toBe("Other");
  const later: BotEntry[] = [];
  const beside = botSection([], () => later);
  const both = new LiveCatalogue([botSection([taken]), beside]);
  later.push(echo);
  beside.renew();
  expect(both.all().map(({ entry }) => entry.name)).toEqual(["Other"]);
});
