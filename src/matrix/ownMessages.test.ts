import { describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { HomeserverCall } from "./client.ts";
import { HomeserverError } from "./errors.ts";
import { OwnMessages } from "./ownMessages.ts";
import type { Content } from "./port.ts";

const ME = "@usher:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;

function event(id: number, more: object = {}): Content {
  return {
    ...{ event_id: `$${String(id)}`, sender: ME, type: "m.room.message", origin_server_ts: 1 },
    ...{ content: { body: "about ann" }, ...more },
  };
}

const sealed = (id: number, ciphertext: string): Content =>
  event(id, { type: "m.room.encrypted", content: { ciphertext } });

/** The history in pages, newest first, and how often it was asked. */
function history(...pages: readonly (readonly unknown[])[]) {
  const asked: (Readonly<Record<string, unknown>> | undefined)[] = [];
  const call = (async (method: string, path: string, { query } = {}) => {
    await Promise.resolve();
    expect([method, path]).toEqual([
      "GET",
      "/_matrix/client/v3/rooms/!room%3Aexample.org/messages",
    ]);
    asked.push(query);
    const index = asked.length - 1;
    return {
      chunk: pages[index] ?? [],
      end: index + 1 < pages.length ? `t${String(index)}` : undefined,
    };
  }) as HomeserverCall;
  const own = new OwnMessages({
    call,
    me: ME,
    cipher: {
      decrypt: (_room, { content }) => {
        const { ciphertext } = content as { readonly ciphertext: string };
        return Promise.resolve(
          ciphertext === "lost"
            ? { kind: "unreadable", late: true, reason: "missing-key" }
            : {
                kind: "decrypted",
                type: "m.room.message",
                content: { body: ciphertext },
                signedDevice: true,
              },
        );
      },
    },
  });
  return { own, asked };
}

const named = (text: string): boolean => text.includes("ann");

describe("R36 Usher's own messages", () => {
  it("are found page by page, encrypted ones by what is in them; nothing of others', nothing that is gone", async () => {
    const redacted = { content: {}, unsigned: { redacted_because: { type: "m.room.redaction" } } };
    const { own, asked } = history(
      [event(1), event(2, { sender: "@ann:example.org" }), event(3, redacted), "nonsense"],
      [
        sealed(4, "hello ann"),
        sealed(5, "hello"),
        event(6, { content: { formatted_body: "ann" } }),
      ],
    );
    expect(await own.find(ROOM, named, 10)).toEqual(["$1", "$4", "$6"]);
    expect(asked.map((query) => query?.["from"])).toEqual([undefined, "t0"]);
    expect(JSON.parse(String(asked[0]?.["filter"]))).toEqual({
      senders: [ME],
      types: ["m.room.message", "m.room.encrypted"],
    });
  });

  it("are looked for no further than so many, and so far back", async () => {
    const many = Array.from({ length: 50 }, (_, page) => [event(page * 2), event(page * 2 + 1)]);
    expect(await history(...many).own.find(ROOM, named, 3)).toHaveLength(3);
    const all = history(...many);
    expect(await all.own.find(ROOM, named, 1000)).toHaveLength(40);
    expect(all.asked).toHaveLength(20);
  });

  it("are looked for no further than the keys that Usher has go back", async () => {
    const lost = Array.from({ length: 5 }, (_, index) => sealed(index, "lost"));
    const { own, asked } = history([sealed(10, "ann"), ...lost], [event(20)]);
    expect(await own.find(ROOM, named, 10)).toEqual(["$10"]);
    expect(asked).toHaveLength(1);
  });

  it("cannot be told where the history cannot be read", async () => {
    const refused = new HomeserverError({ kind: "answered", status: 403 });
    const own = new OwnMessages({
      call: () => Promise.reject(refused),
      me: ME,
      cipher: { decrypt: () => Promise.reject(new Error("never")) },
    });
    await expect(own.find(ROOM, named, 10)).rejects.toMatchObject({ code: "room-unreachable" });
  });
});
