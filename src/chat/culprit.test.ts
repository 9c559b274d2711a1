import { describe, expect, it } from "vitest";
import { UsherError } from "../kernel/errors.ts";
import { pointed } from "./culprit.ts";

describe("pointed", () => {
  it.each([
    [
      "an unknown setting, with its value",
      "add widget jitsi domian=x.example",
      { setting: "domian" },
      "                 ^^^^^^^^^^^^^^^^",
    ],
    [
      "one in quotes among others",
      'set pad name=x colour="dark red" level=1',
      { setting: "colour" },
      "               ^^^^^^^^^^^^^^^^^",
    ],
    [
      "a setting whose name has capitals",
      "add widget x theUrl=1",
      { setting: "theUrl" },
      "             ^^^^^^^^",
    ],
    [
      "a value that stands without a key",
      "add widget youtube nonsense",
      { setting: "video", said: "nonsense" },
      "                   ^^^^^^^^",
    ],
    [
      "a word that is no setting",
      "add widget https://a.example more",
      { setting: "more" },
      "                             ^^^^",
    ],
    [
      "the end, where something is missing",
      "add widget youtube  ",
      { setting: "video" },
      "                  ^",
    ],
  ])("marks %s", (_what, line, view, caret) => {
    const error = pointed(new UsherError("widget-setting-unknown", view), line);
    expect(error.view).toMatchObject({ ...view, line, caret });
    expect(error.code).toBe("widget-setting-unknown");
  });

  it("leaves errors about anything else as they are", () => {
    const error = new UsherError("item-unknown", { id: "pad" });
    expect(pointed(error, "show pad")).toBe(error);
  });
});
