import { integer, word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Answer, type Command } from "../../chat/command.ts";
import type { Catalogue } from "../../integrations/catalogue.ts";
import type { LiveCatalogue } from "../../integrations/liveCatalogue.ts";
import { dayOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import type { Edition, Editions } from "../../notice/editions.ts";
import { titleOf, type Notice } from "../../notice/notice.ts";
import { historyView } from "../../notice/whatIsNew.ts";
import type { Wording } from "../../notice/wording.ts";
import { SECTIONS, type Section } from "../../notice/sections.ts";

export interface NoticeDeps {
  readonly notice: Notice;
  readonly editions: Pick<Editions, "all" | "newest">;
  readonly wordings: readonly Wording[];
  readonly offer: LiveCatalogue;
  /** How many messages an answer takes. */
  readonly messages: (answer: Answer) => number;
}

/** Sections that are asked for so often that each is a command. */
const ASKED = [
  "who",
  "basis",
  "who-can-see",
  "delegation",
  "security",
] as const satisfies readonly Section[];

/** The privacy notice in chat: all of it, or one section. Answered to anyone anywhere, with no precondition (R33); nothing of it is about who asks. */
export function noticeCommands(deps: NoticeDeps): readonly Command[] {
  const { notice, offer } = deps;
  return [
    wholeNotice(deps),
    ...ASKED.map((section) =>
      telling(`privacy ${section}`, () => notice.section(section), aliasesOf(section)),
    ),
    history(deps),
    telling("privacy sharing", () => ({
      template: "privacy/sharing",
      view: { section: notice.section("sharing"), entries: runByOthers(offer.catalogue) },
    })),
  ];
}

function aliasesOf(section: Section): readonly string[] {
  // Who has found a weakness looks for no privacy (R77).
  if (section === "security") return ["security"];
  return section.includes("-") ? [`privacy ${section.replaceAll("-", " ")}`] : [];
}

function telling(words: string, answer: () => Answer, aliases: readonly string[] = []): Command {
  return defineCommand({
    words,
    ...(aliases.length === 0 ? {} : { aliases }),
    parameters: {},
    example: words,
    changes: false,
    answer: () => Promise.resolve(answer()),
  });
}

/** `privacy history [version]`: every version, or the text of one as it was (R10, R82). */
function history({ editions, wordings }: NoticeDeps): Command {
  return defineCommand({
    words: "privacy history",
    parameters: { version: optional(integer("version", 1, 1_000_000)) },
    example: "privacy history 1",
    changes: false,
    answer: ({ version }) => {
      const { all, newest } = editions;
      const one = all.find((edition) => edition.version === version);
      if (one !== undefined)
        return Promise.resolve({ template: "privacy/version", view: versionView(one) });
      const view = {
        ...{ unknown: version, version: newest.version },
        editions: historyView(all, wordings),
      };
      return Promise.resolve({ template: "privacy/history", view });
    },
  });
}

/** A version as it was: its text is plain, so its paragraphs and lines are made again. */
function versionView({ version, at, sha256, text }: Edition): View {
  const paragraphs = text.split("\n\n").map((paragraph) => ({
    lines: paragraph.split("\n").map((line, index) => ({ more: index > 0, line })),
  }));
  return { version, day: dayOf(at), sha256, paragraphs };
}

/** `privacy notice [all | section]`: its list of sections, for all of it is several long messages; how many is said. */
function wholeNotice({ notice, editions, messages }: NoticeDeps): Command {
  return defineCommand({
    words: "privacy notice",
    parameters: { section: optional(word("section", ["all", ...SECTIONS])) },
    example: "privacy notice rights",
    changes: false,
    answer: ({ section }) => {
      const which = { version: editions.newest.version, day: dayOf(editions.newest.at) };
      const all = { template: "privacy/notice", view: { ...which, whole: notice.whole() } };
      if (section === "all") return Promise.resolve(all);
      if (section !== undefined) return Promise.resolve(notice.section(section));
      const sections = SECTIONS.map((name) => ({ name, title: titleOf(name) }));
      const view = { ...which, sections, messages: messages(all) };
      return Promise.resolve({ template: "privacy/contents", view });
    },
  });
}

/** What can be added and is run by others, with their rules (R57, R62). Told as the catalogue is now, so it is no part of a version of the notice. */
function runByOthers(catalogue: Catalogue) {
  return catalogue
    .browse()
    .flatMap(({ name, host }) =>
      host.by === "third-party" ? [{ name, who: host.who, policy: host.policy }] : [],
    );
}
