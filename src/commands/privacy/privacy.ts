import { defineCommand, type Answer, type Command } from "../../chat/command.ts";
import type { DataRecord, Topic } from "../../privacy/record.ts";
import { allRecords } from "../../privacy/records/index.ts";

/** `privacy`: what Usher keeps in this version, and who answers for it (R30, R33). Answered to anyone, with no precondition. */
export function privacy(): Command {
  return defineCommand({
    words: "privacy",
    parameters: {},
    example: "privacy",
    changes: false,
    answer: () => Promise.resolve(whatIsKept(allRecords())),
  });
}

/** What the records of the data map say to people. Who runs Usher is in what every sentence is filled with. */
export function whatIsKept(records: readonly DataRecord[]): Answer {
  const under = (topic: Topic): Answer["view"][string] => {
    const told = records.filter(({ facts }) => facts.told === topic);
    return told.map((record, index) => ({ more: index > 0, what: inWords(record) }));
  };
  const topics: Readonly<Record<Topic, Answer["view"][string]>> = {
    room: under("room"),
    person: under("person"),
    operators: under("operators"),
    encryption: under("encryption"),
    log: under("log"),
    homeserver: under("homeserver"),
  };
  return { template: "privacy", view: topics };
}

/** The record's own template, with its duration as `days`, `months` or `minutes`. */
export function inWords({ id, retention }: DataRecord): {
  readonly template: string;
  readonly view: Answer["view"];
} {
  return { template: `kept/${id}`, view: "for" in retention ? retention.for : {} };
}
