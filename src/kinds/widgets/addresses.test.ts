import { expect, it } from "vitest";
import { openLibrary } from "./library.ts";

it("the websites of a definition are those it leads to by itself, and of a disabled one none", () => {
  const definition = {
    description: "Ours",
    price: "free",
    host: { by: "operator" },
    type: "m.custom",
  };
  const library = openLibrary({
    fixed: { ...definition, name: "Fixed", url: "https://fixed.example:8443/{room32}" },
    open: {
      ...definition,
      name: "Open",
      url: "https://{+where}/",
      arguments: { where: { kind: "server", help: "where", default: "open.example" } },
    },
    off: { ...definition, name: "Off", url: "https://off.example/", enabled: false },
    custom: { enabled: false },
  });
  const sites = library
    .sites()
    .flatMap(({ entry, url }) =>
      ["fixed", "open", "off", "jitsi", "custom"].includes(entry) ? [`${entry} ${url.host}`] : [],
    );
  expect(sites.toSorted()).toEqual([
    "fixed fixed.example:8443",
    "jitsi meet.element.io",
    "open open.example",
  ]);
});
