import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { createLog } from "../../kernel/log.ts";
import { widgetPart } from "../../kinds/widgets/records.ts";
import { roomDocument } from "../../store/room.ts";
import { Quotes } from "./quotes.ts";

const ANN = "@ann:example.org" as UserId;
const [ONE, TWO, OTHER, LOST] = ["!one:x.org", "!two:x.org", "!other:x.org", "!lost:x.org"] as [
  RoomId,
  RoomId,
  RoomId,
  RoomId,
];

/** What Usher said in each room, by the event. */
const SAID: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  [ONE]: [
    ["$1", "added by @ann:example.org"],
    ["$2", "added by @annie:example.org"],
    ["$3", "https://matrix.to/#/%40ann%3Aexample.org"],
  ],
  [TWO]: [["$4", "Only @ann:example.org may."]],
  [OTHER]: [["$5", "@ann:example.org"]],
};

let documents: ReturnType<typeof memoryDocuments>;
let redacted: EventId[];
let fault: ((event: EventId) => Error | undefined) | undefined;
let logged: string;

beforeEach(async () => {
  documents = memoryDocuments();
  [redacted, fault, logged] = [[], undefined, ""];
  for (const room of [ONE, TWO, LOST])
    await documents.update(roomDocument, room, (one) => ({ ...one, inviter: ANN }));
  await documents.update(roomDocument, OTHER, (one) => one);
});

function quotes(): Quotes {
  return new Quotes({
    documents,
    ownMessages: {
      find: (room, isSuch, most) => {
        const said = SAID[room];
        if (said === undefined) return Promise.reject(new UsherError("room-unreachable"));
        const such = said.filter(([, text]) => isSuch(text)).map(([id]) => id as EventId);
        return Promise.resolve(such.slice(0, most));
      },
    },
    matrix: {
      redact: (_room, event, { cause, step }) => {
        expect([cause, step]).toEqual([event, "forgotten"]);
        const error = fault?.(event);
        if (error !== undefined) return Promise.reject(error);
        redacted.push(event);
        return Promise.resolve();
      },
    },
    log: createLog("info", { write: (line) => (logged += line) }),
  });
}

const idsOf = (found: readonly { readonly event: EventId }[]): readonly EventId[] =>
  found.map(({ event }) => event).toSorted();

describe("R36 what Usher has said that names a person", () => {
  it("is found in the rooms with which something is kept about them, however they are named", async () => {
    expect(idsOf(await quotes().find(ANN, {}))).toEqual(["$1", "$3", "$4"]);
    expect(logged).toContain("quotes.not-looked-for");
    expect(logged).not.toContain(ANN);
  });

  it("is found in one room alone where that is meant, and not where less is", async () => {
    expect(idsOf(await quotes().find(ANN, { room: TWO }))).toEqual(["$4"]);
    expect(await quotes().find(ANN, { part: widgetPart })).toEqual([]);
    expect(await quotes().find(ANN, { room: ONE, item: "pad" })).toEqual([]);
  });

  it("is not looked for in a room that somebody names and with which nothing is kept about them", async () => {
    expect(await quotes().find(ANN, { room: OTHER })).toEqual([]);
  });

  it("is taken away; what the homeserver may yet let go is left, what it never will is the room's", async () => {
    const found = await quotes().find(ANN, {});
    fault = (event) =>
      event === "$1"
        ? new UsherError("room-unreachable", { status: 502 })
        : event === "$3"
          ? new UsherError("room-unreachable", { status: 403 })
          : undefined;
    expect(await quotes().takeAway(found)).toBe(1);
    expect(redacted).toEqual(["$4"]);
    fault = undefined;
    expect(await quotes().takeAway(found)).toBe(0);
  });
});
