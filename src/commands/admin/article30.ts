import { defineCommand, type Answer, type Command } from "../../chat/command.ts";
import type { OperatorsRoom } from "../../chat/place.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import { inMemory } from "../../matrix/byteSource.ts";
import type { Media } from "../../matrix/port.ts";
import { article30, personalRecords } from "../../notice/article30.ts";
import type { Editions } from "../../notice/editions.ts";
import type { Notice } from "../../notice/notice.ts";
import { declareUpload } from "../../privacy/declared.ts";
import { ARTICLE30_FILE } from "../../privacy/records/notices.ts";

export interface Article30Deps {
  readonly matrix: Pick<Media, "sendFile">;
  readonly clock: Clock;
  readonly operators: OperatorsRoom;
  readonly notice: Notice;
  readonly editions: Pick<Editions, "all" | "newest">;
  /** A sentence as plain text. */
  readonly asText: (answer: Answer) => string;
}

const FILE = declareUpload("the record of processing", ARTICLE30_FILE);

/** `admin article30`: the operator's record of processing, as a file beside the answer. */
export function adminArticle30(deps: Article30Deps): Command {
  const { matrix, clock, operators, notice, editions, asText } = deps;
  return defineCommand({
    words: "admin article30",
    parameters: {},
    operatorsOnly: true,
    example: "admin article30",
    changes: false,
    answer: async (_, { room, person, event, thread }) => {
      const now = clock.now();
      const text = asText(article30(notice.facts, editions.newest.version, now));
      const name = `usher-article-30-${dayOf(now)}.md`;
      const file = {
        holds: FILE,
        name,
        mimetype: "text/markdown",
        bytes: inMemory(Buffer.from(`${text}\n`)),
        replyTo: event,
        ...(thread === undefined ? {} : { thread }),
        // Whoever is in the operators' room is an operator; elsewhere only this person is.
        ...(room === operators.room ? {} : { onlyFor: person }),
      };
      await matrix.sendFile(room, file, { cause: event, step: "file" });
      return { template: "admin/article30", view: { file: name, count: personalRecords().length } };
    },
  });
}
