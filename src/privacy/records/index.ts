import { definedRecords, type DataRecord } from "../record.ts";
import * as account from "./account.ts";
import * as backups from "./backups.ts";
import * as cases from "./cases.ts";
import * as commands from "./commands.ts";
import * as deactivations from "./deactivations.ts";
import * as exported from "./exports.ts";
import * as keys from "./keys.ts";
import * as log from "./log.ts";
import * as members from "./members.ts";
import * as notices from "./notices.ts";
import * as operators from "./operators.ts";
import * as people from "./people.ts";
import * as rights from "./rights.ts";
import * as rooms from "./rooms.ts";
import * as secrets from "./secrets.ts";
import * as runs from "./runs.ts";
import * as tombstones from "./tombstones.ts";

const TOPICS: readonly Readonly<Record<string, DataRecord>>[] = [
  rooms,
  members,
  people,
  secrets,
  notices,
  commands,
  rights,
  deactivations,
  tombstones,
  backups,
  exported,
  cases,
  operators,
  keys,
  log,
  runs,
  account,
];

/** The records that are no kind's, in the order in which people are told of them. */
const OWN: readonly DataRecord[] = TOPICS.flatMap((topic) => Object.values(topic));

/** The whole data map: every record that the modules loaded so far have defined, those of the kinds among them. */
export function allRecords(): readonly DataRecord[] {
  return [...OWN, ...definedRecords().filter((record) => !OWN.includes(record))];
}
