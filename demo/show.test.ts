import { describe, expect, it } from "vitest";
import type { SeenEvent } from "../test/harness/observed.ts";
import { show } from "./show.ts";

const plain: SeenEvent = {
  index: 0,
  roomId: "!r",
  eventId: "$1",
  type: "m.room.message",
  sender: "@usher:home.test",
  content: { msgtype: "m.notice", body: "Hello.\nI am Usher." },
  stateKey: undefined,
  previous: undefined,
  ts: 0,
  encryption: "none",
  past: false,
};
const names = {
  person: (userId: string) =>
    ({ "@usher:home.test": "Usher", "@you:home.test": "you", "@bob:home.test": "bob" })[userId] ??
    userId,
  event: (eventId: string) => (eventId === "$1" ? plain : undefined),
};
const shown = (event: Partial<SeenEvent>) => show({ ...plain, eventId: "$2", ...event }, names);
const member = (sender: string, stateKey: string, content: SeenEvent["content"]) =>
  shown({ type: "m.room.member", sender, stateKey, content })?.text;

describe("what the demo shows of an event", () => {
  it("is who said what", () => {
    expect(shown({})).toEqual({ who: "Usher", text: "Hello.\nI am Usher.", quiet: false });
  });

  it("is the new text of an edit", () => {
    const content = {
      body: "* Done.",
      "m.new_content": { body: "Done." },
      "m.relates_to": { rel_type: "m.replace", event_id: "$1" },
    };
    expect(shown({ content })).toEqual({ who: "Usher (edited)", text: "Done.", quiet: false });
  });

  it("is a sticker by what it shows", () => {
    expect(shown({ type: "m.sticker", content: { body: "A cat waves" } })).toEqual({
      ...{ who: "Usher", text: "[sticker: A cat waves]", quiet: false },
    });
  });

  it("is a reaction with what it is to, and its removal", () => {
    const content = { "m.relates_to": { rel_type: "m.annotation", event_id: "$1", key: "✅" } };
    expect(shown({ type: "m.reaction", sender: "@you:home.test", content })?.text).toBe(
      "you reacted ✅ to “Hello.”",
    );
    expect(shown({ type: "m.room.redaction", content: { redacts: "$1" } })?.text).toBe(
      "Usher removed a message",
    );
  });

  it("is who came, went and was sent away", () => {
    expect(member("@bob:home.test", "@bob:home.test", { membership: "join" })).toBe("bob joined");
    expect(member("@you:home.test", "@bob:home.test", { membership: "invite" })).toBe(
      "you invited bob",
    );
    expect(member("@bob:home.test", "@bob:home.test", { membership: "leave" })).toBe("bob left");
    expect(
      member("@you:home.test", "@usher:home.test", { membership: "leave", reason: "noise" }),
    ).toBe("you removed Usher (noise)");
  });

  it("is, dimmed, what changed in the room's state", () => {
    const widget = { type: "im.vector.modular.widgets", stateKey: "board" };
    expect(shown({ ...widget, content: { url: "https://example.org" } })).toEqual({
      text: 'state: im.vector.modular.widgets [board] by Usher: {"url":"https://example.org"}',
      quiet: true,
    });
    expect(shown({ ...widget, content: {} })?.text).toBe(
      "state: im.vector.modular.widgets [board] by Usher: removed",
    );
    const levels = { type: "m.room.power_levels", stateKey: "", sender: "@you:home.test" };
    const previous = { ban: 50, users: { "@you:home.test": 100, "@bob:home.test": 50 } };
    const content = { ban: 50, users: { "@you:home.test": 100, "@usher:home.test": 50 } };
    expect(shown({ ...levels, previous, content })?.text).toBe(
      "state: m.room.power_levels by you: users.@bob:home.test 50 → nothing, users.@usher:home.test nothing → 50",
    );
  });

  it("is nothing that could steer the terminal", () => {
    expect(shown({ content: { body: "a\u001b[2Jb\u202ec" } })?.text).toBe("a\ufffd[2Jb\ufffdc");
  });

  it("is nothing while somebody only writes", () => {
    expect(
      shown({ type: "m.typing", sender: "", content: { user_ids: ["@usher:home.test"] } }),
    ).toBeUndefined();
  });
});
