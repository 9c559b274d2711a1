import fc from "fast-check";
import { runTemplate } from "matrix-widget-api";
import { describe, expect, it } from "vitest";
import { URL_VARIABLES } from "./custom.ts";
import { expandData, expandText, expandUrl, namesIn } from "./template.ts";

describe("expandUrl", () => {
  it("encodes a value, leaves out absent parameters, and repeats one for each of a list", () => {
    expect(expandUrl("https://a.example/{one}", { one: "a b/c" })).toBe(
      "https://a.example/a%20b%2Fc",
    );
    expect(expandUrl("https://a.example/{?one,two*}", { two: ["x", "y"] })).toBe(
      "https://a.example/?two=x&two=y",
    );
    expect(expandUrl("https://a.example/?a=1{&one}", {})).toBe("https://a.example/?a=1");
  });

  it("puts an address in front of a path without doubling the slash, and a server with its port", () => {
    expect(expandUrl("{+server}/p/{pad}", { server: "https://a.example/", pad: "x" })).toBe(
      "https://a.example/p/x",
    );
    expect(expandUrl("https://{+server}/x", { server: "a.example:8448" })).toBe(
      "https://a.example:8448/x",
    );
  });

  it("lets no value be taken for a variable by a client, save those in a person's own address", () => {
    expect(expandUrl("https://a.example/{one}", { one: "$matrix_user_id" })).toBe(
      "https://a.example/%24matrix_user_id",
    );
    expect(expandUrl("{+url}", { url: "https://a.example/?u=$matrix_user_id&p=$5" })).toBe(
      "https://a.example/?u=$matrix_user_id&p=%245",
    );
  });

  it("gives an address that a client opens as it was meant, whatever the value, the data and the person's name", () => {
    const anyText = fc.string({ unit: "grapheme", maxLength: 30 });
    fc.assert(
      fc.property(
        anyText,
        fc.dictionary(fc.constantFrom("title", "domain", "conferenceId", "theme", "pad"), anyText),
        anyText,
        (value, data, name) => {
          fc.pre(
            value.isWellFormed() &&
              name.isWellFormed() &&
              Object.values(data).every((text) => text.isWellFormed()),
          );
          const template = "https://a.example/{value}{?value}&u=$matrix_display_name";
          const widget = {
            id: "1",
            creatorUserId: "@u:hs",
            type: "m.custom",
            url: expandUrl(template, { value }),
            data,
          };
          const opened = new URL(
            runTemplate(widget.url, widget, { currentUserId: "@u:hs", userDisplayName: name }),
          );
          expect(opened.origin).toBe("https://a.example");
          expect(opened.searchParams.get("value")).toBe(value);
          expect(opened.searchParams.get("u")).toBe(name === "" ? "@u:hs" : name);
        },
      ),
    );
  });

  it("keeps every variable that clients know in a person's own address, and hands its value over whole", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...[...URL_VARIABLES.keys()].filter((one) => one !== "theme")),
        fc.webSegment(),
        (variable, segment) => {
          const url = expandUrl("{+url}", {
            url: `https://a.example/${segment}?v=$${variable}&w=$${variable}ish`,
          });
          const data = { theme: "dark", [variable]: "the data must not win" };
          const widget = { id: "wid", creatorUserId: "@u:hs", type: "m.custom", url, data };
          const about = {
            widgetRoomId: "x",
            currentUserId: "x",
            userDisplayName: "x",
            userHttpAvatarUrl: "x",
            clientId: "x",
            clientTheme: "x",
          };
          const opened = new URL(
            runTemplate(url, widget, {
              ...about,
              clientLanguage: "x",
              deviceId: "x",
              baseUrl: "x",
            }),
          );
          expect(opened.searchParams.get("v")).toBe(variable === "matrix_widget_id" ? "wid" : "x");
          expect(opened.searchParams.get("w")).toBe(`$${variable}ish`);
        },
      ),
    );
  });
});

describe("expandData and expandText", () => {
  it("keep a value's type where it stands alone, and have none where it has none", () => {
    expect(expandData("{audio}", { audio: false })).toBe(false);
    expect(expandData("spotify:{form}:{item}", { form: "track", item: "x" })).toBe(
      "spotify:track:x",
    );
    expect(expandData("{auth}", {})).toBeUndefined();
    expect(expandText("{list}", { list: ["a", "b"] })).toBe("a,b");
  });
});

describe("namesIn", () => {
  it("lists what a template names, and knows what is none", () => {
    expect(namesIn("{+a}/{b}{?c,d*}")).toEqual(["a", "b", "c", "d"]);
    expect(namesIn("plain")).toEqual([]);
    for (const broken of ["{", "}", "{a", "{!a}", "{a b}", "{}", "{?}"])
      expect(namesIn(broken)).toBeUndefined();
  });
});
