import { restOfLine, text, word } from "../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../chat/command.ts";
import type { Suggestion } from "../../integrations/kind.ts";
import type { LiveCatalogue } from "../../integrations/liveCatalogue.ts";
import { UsherError } from "../../kernel/errors.ts";
import { isContent } from "../../matrix/events.ts";
import type { Content } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";

interface CatalogueCommandsDeps {
  readonly offer: LiveCatalogue;
  readonly documents: Documents;
  /** What kinds have found that could be offered as well. */
  readonly suggestions: () => Promise<readonly Suggestion[]>;
}

/** Said in place of JSON: takes back all that was said of the entry by command. */
const AS_CONFIGURED = "as-configured";

const id = required(text("id", 32));
const fields = required(restOfLine("{ … }"));

/** So many of what was found are told; a message holds no more, and nobody reads them. */
const MOST_SUGGESTED = 20;

/** `admin catalogue list|suggest|add|change|disable|enable`: what can be added to rooms, beside the configuration, at once and lastingly. */
export function catalogueCommands(parts: CatalogueCommandsDeps): readonly Command[] {
  return [
    list(parts),
    suggest(parts),
    add(parts),
    change(parts),
    switched(parts, "disable", false),
    switched(parts, "enable", true),
  ];
}

function list(parts: CatalogueCommandsDeps): Command {
  return defineCommand({
    words: "admin catalogue list",
    parameters: {},
    operatorsOnly: true,
    example: "admin catalogue list",
    changes: false,
    answer: () => {
      const entries = parts.offer.all().map(({ entry, changed }) => ({
        id: entry.id,
        kind: entry.kind,
        name: entry.name,
        off: !entry.enabled,
        changed,
      }));
      return Promise.resolve({ template: "catalogue/list", view: { entries } });
    },
  });
}

/** What could be added, each with the command that does it: nothing of it is taken up by itself, for anybody may say anything in a room. */
function suggest({ suggestions }: CatalogueCommandsDeps): Command {
  return defineCommand({
    words: "admin catalogue suggest",
    parameters: {},
    operatorsOnly: true,
    example: "admin catalogue suggest",
    changes: false,
    answer: async () => {
      const all = await suggestions();
      const found = all.slice(0, MOST_SUGGESTED).map((one) => ({
        name: one.name,
        found: one.found,
        entry: one.entry && { ...one.entry, fields: JSON.stringify(one.entry.fields) },
      }));
      const more = all.length - found.length;
      const view = { any: found.length > 0, found, more: more || undefined };
      return { template: "catalogue/suggest", view };
    },
  });
}

function add({ offer, documents }: CatalogueCommandsDeps): Command {
  return defineCommand({
    words: "admin catalogue add",
    parameters: { kind: required(word("kind", offer.kinds)), id, fields },
    operatorsOnly: true,
    example:
      'admin catalogue add bot poll {"name": "Poll bot", "user": "@poll:example.org", "description": "Counts votes", "price": "free", "host": {"by": "operator"}}',
    changes: true,
    needs: () => [],
    plan: ({ kind, id: name, fields: json }) =>
      attempt(() => {
        if (offer.all().some(({ entry }) => entry.id === name))
          throw new UsherError("catalogue-exists", { id: name });
        offer.check(kind, name, objectIn(json));
        return {
          preview: {
            template: "catalogue/preview",
            view: { id: name, added: true, reset: false, json },
          },
        };
      }),
    perform: async ({ kind, id: name, fields: json }) => {
      await offer.change(documents, kind, name, objectIn(json));
      return { template: "catalogue/changed", view: { id: name } };
    },
  });
}

function change({ offer, documents }: CatalogueCommandsDeps): Command {
  const read = (json: string): Content | undefined =>
    json === AS_CONFIGURED ? undefined : objectIn(json);
  return defineCommand({
    words: "admin catalogue change",
    parameters: { id, fields },
    operatorsOnly: true,
    example:
      'admin catalogue change jitsi {"arguments": {"domain": {"default": "meet.example.org"}}}',
    changes: true,
    needs: () => [],
    plan: ({ id: name, fields: json }) =>
      attempt(() => {
        offer.check(offer.kindOf(name), name, read(json));
        return {
          preview: {
            template: "catalogue/preview",
            view: { id: name, added: false, reset: json === AS_CONFIGURED, json },
          },
        };
      }),
    perform: async ({ id: name, fields: json }) => {
      await offer.change(documents, offer.kindOf(name), name, read(json));
      return { template: "catalogue/changed", view: { id: name } };
    },
  });
}

function switched(
  { offer, documents }: CatalogueCommandsDeps,
  how: "disable" | "enable",
  enabled: boolean,
): Command {
  return defineCommand({
    words: `admin catalogue ${how}`,
    parameters: { id },
    operatorsOnly: true,
    example: `admin catalogue ${how} spotify`,
    changes: true,
    needs: () => [],
    // Easily taken back, and nothing changes for what is in rooms already.
    plan: ({ id: name }) =>
      attempt(() => {
        offer.check(offer.kindOf(name), name, { enabled });
        return { unseen: true };
      }),
    perform: async ({ id: name }) => {
      await offer.change(documents, offer.kindOf(name), name, { enabled });
      return { template: "catalogue/switched", view: { id: name, enabled } };
    },
  });
}

/** What the work gives, as a promise: its errors as rejections. */
function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

function objectIn(json: string): Content {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new UsherError("catalogue-not-json", {}, { cause: error });
  }
  if (!isContent(value)) throw new UsherError("catalogue-not-json");
  return value;
}
