import { beforeEach, expect, it } from "vitest";
import { WidgetTalk } from "../../../test/harness/widgetTalk.ts";
import { URL_VARIABLES } from "./custom.ts";
import { WIDGET_TYPE } from "./state.ts";
import type { UserId } from "../../kernel/ids.ts";

const eve = "@eve:example.org" as UserId;
const WORDS: Readonly<Record<string, string>> = {
  matrix_user_id: "Matrix ID",
  matrix_display_name: "display name",
  matrix_avatar_url: "picture",
  matrix_room_id: "room's id",
  matrix_widget_id: "widget's id",
  "org.matrix.msc2873.client_id": "app",
  "org.matrix.msc2873.client_theme": "app's theme",
  "org.matrix.msc2873.client_language": "language",
  "org.matrix.msc3819.matrix_device_id": "device's id",
  "org.matrix.msc4039.matrix_base_url": "homeserver",
  theme: "app's theme",
};

let talk: WidgetTalk;
beforeEach(() => {
  talk = new WidgetTalk();
});

it.each([...URL_VARIABLES.keys()])(
  "an address with $%s is asked about first, in words",
  async (variable) => {
    const { body } = await talk.preview(`add widget https://a.example/?x=$${variable}`);
    expect(body).toContain(
      `Whoever opens it shows a.example their IP address, ${String(WORDS[variable])} and what they do there`,
    );
  },
);

it("an address without any is said to hand over nothing but what every website sees", async () => {
  const { body } = await talk.preview("add widget https://a.example/?x=$unknown");
  expect(body).toContain("shows a.example their IP address and what they do there");
});

it("of what no kind is known for, it is told what the address gives away, if anything", async () => {
  const put = (key: string, url: string): unknown =>
    talk.room.put(WIDGET_TYPE, key, { type: "m.odd", url, name: key }, eve);
  put("plain", "http://a.example/");
  put("telling", "http://a.example/?u=$matrix_user_id&r=$matrix_room_id");
  expect(await talk.say("show plain")).toContain("what kind it is.");
  expect(await talk.say("show telling")).toMatch(
    /what kind it is; it gives away [^.]*Matrix ID, [^.]*room[^.]*, among other things\./,
  );
});
