import { word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Answer, type Command } from "../../chat/command.ts";
import type { Catalogue } from "../../integrations/catalogue.ts";
import type { LiveCatalogue } from "../../integrations/liveCatalogue.ts";
import { titleOf, type Notice } from "../../notice/notice.ts";
import { SECTIONS, type Section } from "../../notice/sections.ts";

export interface NoticeDeps {
  readonly notice: Notice;
  readonly offer: LiveCatalogue;
}

/** Sections that are asked for so often that each is a command. */
const ASKED = [
  "who",
  "basis",
  "who-can-see",
  "retention",
  "delegation",
  "security",
] as const satisfies readonly Section[];

/** The privacy notice in chat: all of it, or one section. Answered to anyone anywhere, with no precondition (R33); nothing of it is about who asks. */
export function noticeCommands({ notice, offer }: NoticeDeps): readonly Command[] {
  return [
    wholeNotice(notice),
    ...ASKED.map((section) => telling(`privacy ${section}`, () => notice.section(section))),
    telling("privacy sharing", () => ({
      template: "privacy/sharing",
      view: { section: notice.section("sharing"), entries: runByOthers(offer.catalogue) },
    })),
  ];
}

function telling(words: string, answer: () => Answer): Command {
  return defineCommand({
    words,
    parameters: {},
    example: words,
    changes: false,
    answer: () => Promise.resolve(answer()),
  });
}

/** `privacy notice [section]`: in a room of several people its list of sections, for all of it is two long messages. */
function wholeNotice(notice: Notice): Command {
  return defineCommand({
    words: "privacy notice",
    parameters: { section: optional(word("section", ["all", ...SECTIONS])) },
    example: "privacy notice rights",
    changes: false,
    answer: ({ section }, { direct }) => {
      if (section === "all" || (section === undefined && direct))
        return Promise.resolve(notice.whole());
      return Promise.resolve(section === undefined ? contents() : notice.section(section));
    },
  });
}

function contents(): Answer {
  const sections = SECTIONS.map((name) => ({ name, title: titleOf(name) }));
  return { template: "privacy/contents", view: { sections } };
}

/** What can be added and is run by others, with their rules (R57, R62). Told as the catalogue is now, so it is no part of a version of the notice. */
function runByOthers(catalogue: Catalogue) {
  return catalogue
    .browse()
    .flatMap(({ name, host }) =>
      host.by === "third-party" ? [{ name, who: host.who, policy: host.policy }] : [],
    );
}
