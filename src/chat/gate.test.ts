import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Content, RoomEvent } from "../matrix/port.ts";
import { actionable, MAX_BODY } from "./gate.ts";

const me = "@usher:example.org" as UserId;
const event = (content: Content, more: Partial<RoomEvent> = {}): RoomEvent => ({
  eventId: "$event" as EventId,
  roomId: "!room:example.org" as RoomId,
  type: "m.room.message",
  sender: "@alice:example.org" as UserId,
  originServerTs: 0,
  content,
  redacted: false,
  encryption: "none",
  ...more,
});
const said = { msgtype: "m.text", body: "!usher help" };
const reaction = { "m.relates_to": { rel_type: "m.annotation", event_id: "$one", key: "✅" } };

describe("actionable", () => {
  it("hears a text message", () => {
    expect(actionable(event(said), me)).toEqual({
      heard: { kind: "message", line: "!usher help", mentions: new Set() },
    });
  });

  it("hears a reaction", () => {
    expect(actionable(event(reaction, { type: "m.reaction" }), me)).toEqual({
      heard: { kind: "reaction", target: "$one", key: "✅" },
    });
  });

  it.each([
    ["own", event(said, { sender: me })],
    ["own", event(reaction, { type: "m.reaction", sender: me })],
    ["redacted", event({}, { redacted: true })],
    ["redacted", event(said, { redacted: true })],
    ["unreadable", event({}, { type: "m.room.encrypted", encryption: "unreadable" })],
    ["state", event(said, { stateKey: "" })],
    [
      "state",
      event({ membership: "join" }, { type: "m.room.member", stateKey: "@alice:example.org" }),
    ],
    ["type", event(said, { type: "m.sticker" })],
    ["type", event(said, { type: "m.room.encrypted" })],
    ["msgtype", event({ ...said, msgtype: "m.notice" })],
    ["msgtype", event({ ...said, msgtype: "m.emote" })],
    ["msgtype", event({ ...said, msgtype: "m.image" })],
    [
      "malformed",
      event({
        ...said,
        "m.relates_to": { rel_type: "m.replace", event_id: 5 },
        "m.new_content": said,
      }),
    ],
    ["malformed", event({}, { type: "m.room.redaction" })],
    ["malformed", event({ msgtype: "m.text" })],
    ["malformed", event({ msgtype: "m.text", body: 5 })],
    ["malformed", event({ msgtype: "m.text", body: ["!usher help"] })],
    ["malformed", event({ msgtype: "m.text", body: null })],
    ["malformed", event({ body: "!usher help" })],
    ["malformed", event({ msgtype: ["m.text"], body: "!usher help" })],
    ["malformed", event({}, { type: "m.reaction" })],
    [
      "malformed",
      event(
        { "m.relates_to": { rel_type: "m.annotation", event_id: "one", key: "✅" } },
        { type: "m.reaction" },
      ),
    ],
    [
      "malformed",
      event(
        { "m.relates_to": { rel_type: "m.annotation", event_id: "$one", key: "" } },
        { type: "m.reaction" },
      ),
    ],
    [
      "malformed",
      event(
        { "m.relates_to": { rel_type: "m.annotation", event_id: "$one", key: "x".repeat(101) } },
        { type: "m.reaction" },
      ),
    ],
  ] as const)("ignores what is %s", (reason, ignored) => {
    expect(actionable(ignored, me)).toEqual({ ignored: reason });
  });

  it("hears a decrypted message like an unencrypted one", () => {
    expect(actionable(event(said, { encryption: "decrypted" }), me)).toHaveProperty(
      "heard.line",
      "!usher help",
    );
  });

  it("takes HTML of the one known format, and leaves any other out", () => {
    const html = {
      format: "org.matrix.custom.html",
      formatted_body: '<a href="https://matrix.to/#/@usher:example.org">!usher</a> help',
    };
    expect(actionable(event({ ...said, ...html }), me)).toHaveProperty(
      "heard.line",
      "@usher:example.org help",
    );
    for (const odd of [
      { format: "markdown" },
      { formatted_body: 7 },
      { formatted_body: html.formatted_body + "x".repeat(70_000) },
    ])
      expect(actionable(event({ ...said, ...html, ...odd }), me)).toHaveProperty(
        "heard.line",
        "!usher help",
      );
  });

  it("hears the beginning of what is too long to be a command, and says so", () => {
    const long = actionable(event({ ...said, body: `!usher ${"x".repeat(MAX_BODY)}` }), me);
    expect(long).toMatchObject({
      heard: { tooLong: true, line: expect.stringMatching(/^!usher x/) as string },
    });
  });

  it.each([
    ["what old clients quote", "> <@usher:example.org> I will add it\n> more\n\nyes", {}],
    ["a signature", "yes\n-- \nsent from a telephone", {}],
    ["what nobody sees", "\u2068\u200byes\u2069", {}],
    [
      "what old clients quote of somebody else",
      "> <@bob:example.org> lunch?\n\nyes",
      { toOther: true },
    ],
  ])("hears the words alone, without %s", (_, body, more) => {
    expect(actionable(event({ ...said, body }), me)).toEqual({
      heard: { kind: "message", line: "yes", mentions: new Set(), ...more },
    });
  });

  it("hears what a message was changed into, also where only that it was changed can be read", () => {
    const edit = {
      body: "* x",
      msgtype: "m.text",
      "m.relates_to": { rel_type: "m.replace", event_id: "$one" },
      "m.new_content": said,
    };
    const heard = { kind: "edit", target: "$one", line: "!usher help", mentions: new Set() };
    expect(actionable(event(edit), me)).toEqual({ heard });
    const sealed = event(
      { "m.relates_to": edit["m.relates_to"] },
      { type: "m.room.encrypted", encryption: "unreadable" },
    );
    expect(actionable(sealed, me)).toEqual({ heard: { ...heard, line: "" } });
    expect(
      actionable(event({ ...edit, "m.new_content": { ...said, msgtype: "m.notice" } }), me),
    ).toEqual({
      heard: { ...heard, line: "" },
    });
  });

  it("hears that something was taken away", () => {
    const redaction = event({}, { type: "m.room.redaction", redacts: "$one" as EventId });
    expect(actionable(redaction, me)).toEqual({ heard: { kind: "redaction", target: "$one" } });
  });

  it("keeps the mentions that are people and drops the rest", () => {
    const mentions = { user_ids: ["@a:b", 5, null, "everyone", "@no-server", "@c:d"], room: true };
    expect(actionable(event({ ...said, "m.mentions": mentions }), me)).toHaveProperty(
      "heard.mentions",
      new Set(["@a:b", "@c:d"]),
    );
  });

  it("knows a reply", () => {
    const relation = { "m.in_reply_to": { event_id: "$one" } };
    expect(actionable(event({ ...said, "m.relates_to": relation }), me)).toHaveProperty(
      "heard.replyTo",
      "$one",
    );
  });

  it("knows a thread, and a reply in it from the fallback that only old clients need", () => {
    const thread = {
      rel_type: "m.thread",
      event_id: "$root",
      "m.in_reply_to": { event_id: "$last" },
    };
    const real = actionable(event({ ...said, "m.relates_to": thread }), me);
    expect(real).toMatchObject({ heard: { thread: "$root", replyTo: "$last" } });
    const fallback = actionable(
      event({ ...said, "m.relates_to": { ...thread, is_falling_back: true } }),
      me,
    );
    expect(fallback).toHaveProperty("heard.thread", "$root");
    expect(fallback).not.toHaveProperty("heard.replyTo");
  });

  it.each([
    null,
    7,
    "m.replace",
    [],
    { rel_type: 5 },
    { "m.in_reply_to": "$one" },
    { "m.in_reply_to": { event_id: 3 } },
    { rel_type: "m.thread" },
  ])("hears a message whose relation is odd (%j), without the relation", (relation) => {
    const result = actionable(event({ ...said, "m.relates_to": relation }), me);
    expect(result).toEqual({
      heard: { kind: "message", line: "!usher help", mentions: new Set() },
    });
  });

  it("throws on no content whatever", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything()),
        fc.anything(),
        fc.anything(),
        (content, body, relation) => {
          for (const type of ["m.room.message", "m.reaction", "m.room.topic"]) {
            for (const whole of [
              content,
              {
                msgtype: "m.text",
                body,
                "m.relates_to": relation,
                "m.mentions": relation,
                ...content,
              },
            ]) {
              const result = actionable(event(whole, { type }), me);
              expect("heard" in result || "ignored" in result).toBe(true);
            }
          }
        },
      ),
    );
  });
});
