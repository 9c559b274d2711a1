import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { MessageContent } from "../../../matrix/port.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { feedTarget } from "../feed.ts";
import { OUTBOUND, FEED, WEBHOOK, type Details, type Sort } from "../sorts.ts";
import { outboundTarget, webhookTarget } from "../webhook.ts";
import { order } from "./order.ts";

const room = "!r:example.org" as RoomId;
const bot = "@hookshot:example.org" as UserId;
const at = { bot, now: 0 };
const cause = "$asked" as EventId;

/** What hookshot reads of a line: words, and what stands in quotes is one. */
function read(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, held, bare]) => held ?? bare ?? "");
}

async function typed(sort: Sort, details: Details): Promise<MessageContent> {
  const sent: MessageContent[] = [];
  const send = (_: RoomId, message: MessageContent): Promise<EventId> => {
    sent.push(message);
    return Promise.resolve(cause);
  };
  await order({ send }, room, { ...details, sort, cause }, at);
  return sent[0] ?? { body: "" };
}

describe("what is typed to hookshot", () => {
  it("is one command, and nothing that anybody gives makes another of it", async () => {
    const words = fc.string({ unit: "grapheme", maxLength: 70 });
    await fc.assert(
      fc.asyncProperty(words, async (said) => {
        const url = new URL("https://x.example.org/a?b=c&d");
        const of: readonly (readonly [Sort, () => Details, string])[] = [
          [WEBHOOK, () => webhookTarget(said, 30, 0), "webhook"],
          [OUTBOUND, () => outboundTarget(said, url), "outbound-hook"],
          [FEED, () => feedTarget(url, said), "feed"],
        ];
        for (const [sort, target, command] of of) {
          let details: Details;
          try {
            details = target();
          } catch (error) {
            expect(error).toBeInstanceOf(UsherError);
            continue;
          }
          const { body, asText, mentions } = await typed(sort, details);
          expect([asText, mentions]).toEqual([true, [bot]]);
          const [prefix, first, ...rest] = read(body);
          expect([prefix, first]).toEqual(["!hookshot", command]);
          expect(rest).toEqual(sort.words(details, 0).slice(1));
          expect(rest.length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });

  it("is never what lists or removes", () => {
    for (const name of ["list", "LIST", "remove"])
      expect(() => webhookTarget(name, undefined, 0)).toThrow(UsherError);
  });
});
