import type { DataRecord } from "../record.ts";
import * as account from "./account.ts";
import * as bots from "./bots.ts";
import * as commands from "./commands.ts";
import * as keys from "./keys.ts";
import * as log from "./log.ts";
import * as operators from "./operators.ts";
import * as rooms from "./rooms.ts";
import * as widgets from "./widgets.ts";

const TOPICS: readonly Readonly<Record<string, DataRecord>>[] = [rooms, widgets, bots, commands, operators, keys, log, account];

/** The whole data map: every record, in the order in which people are told of them. */
export const RECORDS: readonly DataRecord[] = TOPICS.flatMap((topic) => Object.values(topic));
