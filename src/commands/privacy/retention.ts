import { defineCommand, type Answer, type Command } from "../../chat/command.ts";
import { inMemory } from "../../matrix/byteSource.ts";
import type { Media } from "../../matrix/port.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS, HOUR_MS, minuteOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import { inWords } from "../../rights/holdings/inWords.ts";
import { declareUpload } from "../../privacy/declared.ts";
import { durationInWords } from "../../privacy/duration.ts";
import { sinceWhen } from "../../privacy/kept.ts";
import { DISCLOSURE } from "../../privacy/records/cases.ts";
import { RUNS_PICTURE } from "../../privacy/records/runs.ts";
import type { Retention, Standing } from "../../retention/retention.ts";
import { agePicture, type AgeBar } from "./agePicture.ts";

export interface RetentionCommandDeps {
  readonly matrix: Pick<Media, "sendFile">;
  readonly clock: Clock;
  readonly retention: Pick<Retention, "report">;
}

const PICTURE = declareUpload("how old what is kept is", RUNS_PICTURE);

/**
 * `privacy retention`: of everything that goes after a set time how old the oldest is, and when that was last looked at; told to anyone, for it is about
 * nobody. Operators also get it as a picture. How old what was given to others is they alone are told, and whether there is any: where few people are, one whom the
 * law forbids to tell of it would know.
 */
export function privacyRetention({ matrix, clock, retention }: RetentionCommandDeps): Command {
  return defineCommand({
    words: "privacy retention",
    parameters: {},
    example: "privacy retention",
    changes: false,
    answer: async (_, { room, event, thread, operator }): Promise<Answer> => {
      const report = retention.report();
      if (report === undefined) return { template: "privacy/retention-none", view: {} };
      const now = clock.now();
      const told = report.standings.filter(({ record }) => record.facts.told !== undefined);
      const view = {
        at: minuteOf(report.at),
        well: told.every((one) => isWell(one, report.at)),
        lines: told.map((standing) => ({
          ...lineOf(standing, report.at, now),
          hushed: !operator && standing.record === DISCLOSURE,
        })),
      };
      if (!operator) return { template: "privacy/retention", view: { ...view, file: undefined } };
      const name = `usher-retention-${minuteOf(now).slice(0, 10)}.png`;
      const bytes = await agePicture(told.map((standing) => barOf(standing, now)));
      const place = { replyTo: event, ...(thread === undefined ? {} : { thread }) };
      await matrix.sendFile(
        room,
        { holds: PICTURE, name, mimetype: "image/png", bytes: inMemory(bytes), ...place },
        { cause: event, step: "picture" },
      );
      return { template: "privacy/retention", view: { ...view, file: name } };
    },
  });
}

/** The last sweep of it was without a fault. */
function isWell({ lastGood }: Standing, at: number): boolean {
  return lastGood === at;
}

function lineOf(standing: Standing, at: number, now: number): View {
  const { record, limit, oldest, lastGood } = standing;
  return {
    what: inWords(record),
    shorter: limit === durationInWords(record.retention.for) ? undefined : limit,
    none: oldest === undefined,
    ...ageOf(oldest ?? now, now),
    failed: !isWell(standing, at),
    lastGood: lastGood === undefined ? undefined : minuteOf(lastGood),
  };
}

function ageOf(from: number, now: number): View {
  const ms = Math.max(0, now - from);
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor(ms / HOUR_MS);
  return {
    days,
    hours,
    inDays: days > 0,
    inHours: days === 0 && hours > 0,
    fresh: hours === 0,
  };
}

/** How much of its time the oldest has been held. */
function barOf({ record, oldest }: Standing, now: number): AgeBar {
  const whole = now - sinceWhen(record.retention.for, now);
  return { part: oldest === undefined ? 0 : Math.max(0, now - oldest) / whole };
}
