import { findOperatorsRoom } from "./chat/place.ts";
import { KINDS } from "./kinds/index.ts";
import type { Config } from "./config/load.ts";
import type { KindDefinition, PreparedKind } from "./integrations/kind.ts";
import { prepareKinds } from "./integrations/prepareKinds.ts";
import { LiveCatalogue } from "./integrations/liveCatalogue.ts";
import { systemClock, type Clock } from "./kernel/clock.ts";
import type { LogListeners } from "./kernel/log.ts";
import { VERSION } from "./kernel/version.ts";
import { furnishProfile } from "./matrix/ownProfile.ts";
import type { Part, SweepingPart } from "./matrix/part.ts";
import { toldKinds, type ToldKind } from "./notice/view.ts";
import { carefulStart } from "./membership/carefulStart.ts";
import { OperatorNotices } from "./membership/operatorNotices.ts";
import { LeftRooms } from "./membership/leftRooms.ts";
import { comingAndGoing } from "./membership/parts.ts";
import type { PartSweep } from "./retention/retention.ts";
import { QuietLog } from "./rights/people/quietLog.ts";
import { openConversation } from "./start/conversation.ts";
import { openGround, type Ground } from "./start/ground.ts";
import { openHearing, type RunningUsher } from "./start/hearing.ts";
import { openLog } from "./start/log.ts";
import { openNotice } from "./start/notice.ts";
import { openKinds } from "./start/kinds.ts";
import { Parts } from "./start/parts.ts";
import { openRights } from "./start/rights.ts";
import { openSpeech } from "./start/speech.ts";
import { openWeb } from "./start/web.ts";

/**
 * Opens the data directory, the session and the keys, and starts the parts in order. Rejects with an
 * `UsherError` or a `ConfigError` where Usher cannot start.
 */
export async function startUsher(
  config: Config,
  clock: Clock = systemClock,
  kinds: readonly KindDefinition[] = KINDS,
): Promise<RunningUsher> {
  const { lines, sweepLogs, ...written } = openLog(config, clock);
  const quiet = new QuietLog();
  const log = quiet.over(written.log);
  const prepared = prepareKinds(kinds, config);
  const offer = new LiveCatalogue(prepared.map(({ section }) => section));
  const told = toldKinds(kinds, prepared);
  const templates = kinds.flatMap((kind) => kind.templates ?? []);
  // What is open is closed in the opposite order, at a stop or where the start fails.
  await using opened = new AsyncDisposableStack();
  const ground = await openGround({ config, clock, log, sweepLogs }, opened);
  const running = await run(ground, { prepared, offer, told, templates, quiet }, lines);
  const open = opened.move();
  return {
    ...running,
    stop: async () => {
      await running.stop();
      await open.disposeAsync();
    },
  };
}

interface Offered {
  readonly prepared: readonly PreparedKind[];
  readonly offer: LiveCatalogue;
  readonly told: readonly ToldKind[];
  readonly templates: readonly string[];
  readonly quiet: QuietLog;
}

/** Joins the parts on what is open, and lets them hear. */
async function run(
  ground: Ground,
  { prepared, offer, told, templates, quiet }: Offered,
  lines: LogListeners,
): Promise<RunningUsher> {
  const { config, log, documents, call, matrix, cipher } = ground;
  const hearing = await openHearing(ground);
  const speech = openSpeech(ground, templates);
  if (!(await offer.load(documents)))
    log.error({ class: "ops", what: "catalogue.changes-refused" });
  const said = { ...ground, ...speech, catalogue: offer.catalogue };
  const { parts: ofKinds, ...opened } = await openKinds(said, prepared);
  const { restrictions, setUps, kinds, history, upgradeHandlers, isProgram } = opened;
  quiet.know((who) => restrictions.isWhole(who));
  const base = { ...said, setUps, restrictions, isProgram };
  const operators = await findOperatorsRoom(config, ground);
  const notices = new OperatorNotices({ ...base, operators, version: VERSION });
  lines.add(notices.listener);
  const notice = await openNotice(ground, speech, told);
  const rights = await openRights({ ...base, ...notice, kinds, tellOperators: notices.tell });
  const inRooms = { ...notice, ...rights, ...opened, offer, quiet, unheard: notices.unheard };
  const talk = openConversation({ ground, speech, operators, ...inRooms, ...hearing });
  // Who keeps the promises of the data map that something goes after a time.
  const keys = new LeftRooms(ground);
  const sweepers: Readonly<Record<PartSweep, SweepingPart>> = {
    ...rights.sweepers,
    changes: history,
    "owed-words": speech.owed,
    "set-ups": setUps,
    previews: talk.conversation,
    keys,
  };
  const parts: readonly Part[] = [
    notices,
    ...comingAndGoing({
      ...base,
      ...{ operators, keys, upgradeHandlers },
      ...{ ...config.access, ...opened.beyond },
      abilities: kinds.flatMap(({ abilities }) => abilities),
      canReadEncrypted: cipher.available,
      aloneMs: config.limits.leaveWhenAloneMinutes * 60_000,
    }),
    keys,
    { name: "display-name", start: () => talk.conversation.learnName() },
    ...talk.parts,
    setUps,
    ...ofKinds,
    history,
    ...Object.values(rights.sweepers),
    ...rights.watchers,
    ...(hearing.beginning.careful ? [carefulStart({ ...base, operators })] : []),
    ...openWeb(ground, hearing, notice, speech.render),
    notice.announcements,
    {
      name: "profile",
      ready: () => furnishProfile(call, { me: matrix.me, anew: hearing.anew }, log),
    },
  ];
  return hearing.begin(new Parts(parts, { ...ground, sweepers }));
}
