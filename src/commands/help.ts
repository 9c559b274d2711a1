import { restOfLine } from "../chat/arguments.ts";
import { defineCommand, optional, type Command, type Request } from "../chat/command.ts";
import { isForEverybody, permitAsker, standings } from "../chat/permit.ts";
import { nearest } from "../kernel/nearest.ts";
import { helpEntries, helpTemplate, usageOf } from "../chat/usage.ts";
import { UsherError } from "../kernel/errors.ts";
import type { OwnAccount, PowerLevels, RoomPower } from "../matrix/port.ts";
import { helpTopic } from "./helpTopic.ts";

/** `help [command]`: what this person may run here, or all about one command. `commands` is called when asked, for `help` is one of them. */
export function help(
  matrix: OwnAccount & PowerLevels,
  commands: () => readonly Command[],
): Command {
  const may = (command: Command, request: Request, power: RoomPower): boolean =>
    permitAsker(command, request) === undefined &&
    (!command.changes ||
      standings(command.needs(), power, request.person, matrix.me).every(
        ({ person }) => person.has >= person.needed,
      ));

  return defineCommand({
    words: "help",
    aliases: ["?", "commands"],
    parameters: { command: optional(restOfLine("command", 100)) },
    example: "help add widget",
    changes: false,
    answer: async ({ command: words }, request) => {
      const power = await matrix.power(request.room);
      const all =
        request.operator || request.operatorElsewhere === true
          ? commands()
          : commands().filter(isForEverybody);
      const said = words?.toLowerCase().split(/\s+/).join(" ") ?? "";
      const mayHere = (command: Command): boolean => may(command, request, power);
      const topic = helpTopic(said, all, mayHere);
      if ("command" in topic)
        return {
          template: "help-command",
          view: {
            ...about(topic.command, request, power, matrix),
            below: helpEntries(all, mayHere, { under: topic.command.words }).entries,
          },
        };
      const { entries, also } = topic;
      if (entries.length === 0 && said !== "") throw unknownTopic(said, all);
      return {
        template: "help-overview",
        view: {
          commands: entries,
          narrowed: said !== "",
          also,
          withheld: all.some(
            (command) =>
              permitAsker(command, request) === undefined && !may(command, request, power),
          ),
        },
      };
    },
  });
}

function unknownTopic(said: string, commands: readonly Command[]): UsherError {
  const words = commands.map((command) => command.words);
  return new UsherError("help-unknown", { said, nearest: nearest(said, words) });
}

function about(
  command: Command,
  request: Request,
  power: RoomPower,
  { me }: OwnAccount,
): Record<string, string | boolean | readonly string[] | undefined> {
  const needs = command.changes ? standings(command.needs(), power, request.person, me) : [];
  const highest = needs.reduce<number | undefined>(
    (most, { person }) => Math.max(most ?? -Infinity, person.needed),
    undefined,
  );
  return {
    usage: usageOf(command),
    summary: helpTemplate(command),
    operators: command.operatorsOnly === true,
    power: highest === undefined ? undefined : String(highest),
    dependent: command.changes && command.needsHere !== undefined,
    changes: command.changes,
    aliases: command.aliases ?? [],
    example: command.example,
  };
}
