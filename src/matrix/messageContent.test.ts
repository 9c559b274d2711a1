import { describe, expect, it } from "vitest";
import type { EventId, UserId } from "../kernel/ids.ts";
import { inMemory } from "./byteSource.ts";
import { fileContent, messageContent } from "./messageContent.ts";
import type { Content, MessageContent } from "./port.ts";
import type { UploadType } from "../privacy/declared.ts";

const event = (name: string): EventId => `$${name}` as EventId;
const notice = { msgtype: "m.notice", "m.mentions": {} };

describe("messageContent", () => {
  it.each<[string, MessageContent, Content]>([
    ["text alone", { body: "hello" }, { ...notice, body: "hello" }],
    [
      "text and HTML",
      { body: "hello", html: "<p>hello</p>" },
      {
        ...notice,
        body: "hello",
        format: "org.matrix.custom.html",
        formatted_body: "<p>hello</p>",
      },
    ],
    [
      "mentions",
      { body: "hello", mentions: ["@a:x" as UserId] },
      { msgtype: "m.notice", body: "hello", "m.mentions": { user_ids: ["@a:x"] } },
    ],
    ["no mentions", { body: "hello", mentions: [] }, { ...notice, body: "hello" }],
    [
      "row 22: a reply has no fallback, so nothing of what the other wrote is repeated",
      { body: "hello", html: "<p>hello</p>", replyTo: event("asked") },
      {
        ...notice,
        body: "hello",
        format: "org.matrix.custom.html",
        formatted_body: "<p>hello</p>",
        "m.relates_to": { "m.in_reply_to": { event_id: "$asked" } },
      },
    ],
    [
      "words for another bot",
      { body: "!poll start", asText: true },
      { ...notice, msgtype: "m.text", body: "!poll start" },
    ],
    [
      "row 27: an answer in a thread",
      { body: "hello", replyTo: event("asked"), thread: event("root") },
      {
        ...notice,
        body: "hello",
        "m.relates_to": {
          rel_type: "m.thread",
          event_id: "$root",
          is_falling_back: true,
          "m.in_reply_to": { event_id: "$asked" },
        },
      },
    ],
    [
      "row 27: something said in a thread",
      { body: "hello", thread: event("root") },
      {
        ...notice,
        body: "hello",
        "m.relates_to": {
          rel_type: "m.thread",
          event_id: "$root",
          is_falling_back: true,
          "m.in_reply_to": { event_id: "$root" },
        },
      },
    ],
    [
      "row 27: an edit, whose relation is the only one",
      {
        body: "done",
        html: "<b>done</b>",
        edits: event("first"),
        replyTo: event("asked"),
        thread: event("root"),
        mentions: ["@a:x" as UserId],
      },
      {
        msgtype: "m.notice",
        body: "* done",
        "m.mentions": { user_ids: ["@a:x"] },
        "m.new_content": {
          msgtype: "m.notice",
          body: "done",
          format: "org.matrix.custom.html",
          formatted_body: "<b>done</b>",
          "m.mentions": { user_ids: ["@a:x"] },
        },
        "m.relates_to": { rel_type: "m.replace", event_id: "$first" },
      },
    ],
  ])("%s", (_name, message, content) => {
    expect(messageContent(message)).toEqual(content);
  });

  it("shortens what old clients see of a long edit, between characters", () => {
    const body = "🙂".repeat(2000);
    const content = messageContent({ body, edits: event("first") });
    expect(content["body"]).toBe(`* ${"🙂".repeat(1000)}…`);
    expect(content["m.new_content"]).toMatchObject({ body });
  });

  it("leaves out for whom alone it is", () => {
    expect(messageContent({ body: "hello", onlyFor: "@a:x" as UserId })).toEqual({
      ...notice,
      body: "hello",
    });
  });
});

describe("fileContent", () => {
  const file = {
    holds: "a test" as UploadType,
    name: "list.csv",
    mimetype: "text/csv",
    bytes: inMemory(new Uint8Array(7)),
  };
  const plain = {
    msgtype: "m.file",
    body: "list.csv",
    filename: "list.csv",
    info: { mimetype: "text/csv", size: 7 },
    "m.mentions": {},
  };

  it("has the name, the size and the place", () => {
    expect(fileContent(file, { place: { url: "mxc://a/b" }, size: 7 })).toEqual({
      ...plain,
      url: "mxc://a/b",
    });
  });

  it("is an image where it is a picture to be shown at once", () => {
    const place = { place: { url: "mxc://a/b" }, size: 7 };
    expect(fileContent({ ...file, picture: { width: 3, height: 4 } }, place)).toEqual({
      ...plain,
      msgtype: "m.image",
      info: { mimetype: "text/csv", size: 7, w: 3, h: 4 },
      url: "mxc://a/b",
    });
  });

  it("goes under what it answers, in its thread", () => {
    expect(
      fileContent(
        { ...file, replyTo: event("asked"), thread: event("root") },
        { place: { file: { url: "mxc://a/b" } }, size: 7 },
      ),
    ).toEqual({
      ...plain,
      file: { url: "mxc://a/b" },
      "m.relates_to": {
        rel_type: "m.thread",
        event_id: "$root",
        is_falling_back: true,
        "m.in_reply_to": { event_id: "$asked" },
      },
    });
  });
});
