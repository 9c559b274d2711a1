import type { Answer } from "../../chat/command.ts";
import type { CatalogueEntry } from "../../integrations/catalogue.ts";
import type { WidgetLibrary } from "./library.ts";
import { handsOver } from "./custom.ts";
import { settableArguments } from "./definition.ts";
import { written } from "./template.ts";

/** What `info` tells of a kind of widget. */
export function widgetInfo(library: WidgetLibrary, { id }: CatalogueEntry): Answer {
  const definition = library.get(id);
  if (definition === undefined)
    throw new Error(`The catalogue has a widget "${id}" that is not defined`);
  const { name, description, price, host, main } = definition;
  const settings = settableArguments(definition).map(([key, argument]) => {
    const usual = written(argument.default);
    return {
      key,
      help: argument.help,
      required: argument.required,
      choices: (argument.choices ?? []).join(", ") || undefined,
      usual: usual === "" || usual.includes("{") ? undefined : usual,
    };
  });
  return {
    template: "widget/info",
    view: {
      id,
      name,
      description,
      price: `price/${price}`,
      byOperator: host.by === "operator",
      bySite: host.by === "address",
      who: host.by === "third-party" ? host.who : undefined,
      policy: host.by === "address" ? undefined : host.policy,
      settings,
      asPage: id !== "custom" && library.get("custom")?.enabled === true,
      main:
        main === undefined
          ? undefined
          : definition.arguments[main]?.required === true
            ? `<${main}>`
            : `[${main}]`,
      handsOver: [...new Set([...handsOver(definition.url), ...definition.handsOver])].map(
        (variable) => `variable/${variable}`,
      ),
    },
  };
}
