import { UsherError } from "../../kernel/errors.ts";
import { isAborted } from "../../matrix/errors.ts";
import type { RoomState } from "../../matrix/port.ts";
import type { SetUps } from "../../integrations/setUps.ts";
import type { Connector, Link } from "./connector.ts";

/** How long a bridge may take for it: it does so within a second; ms. */
const CARRIED_MS = 10_000;

/** Waits until the bridge has taken a link into the room it is of now by itself, where it does that. */
export async function untilCarried(
  { matrix, setUps }: { readonly matrix: RoomState; readonly setUps: SetUps },
  connector: Connector,
  link: Link,
): Promise<void> {
  const { room } = link;
  const rule = await matrix.state(room, "m.room.join_rules", "", "fresh");
  if (!connector.traits.carries || rule?.["join_rule"] !== "public") return;
  const { bot } = connector;
  await setUps.waiter.until({
    ...{ room, ms: CARRIED_MS },
    concerns: ({ sender, stateKey }) => stateKey === bot || sender === bot,
    look: () => isShown(connector, link),
    fits: (come) => come,
  });
}

/** Whether the bridge shows a link; what cannot be looked at shows none. */
async function isShown(connector: Connector, link: Link): Promise<boolean> {
  try {
    return (await connector.connected(link)) === "come";
  } catch (error) {
    if (!(error instanceof UsherError) || isAborted(error)) throw error;
    return false;
  }
}
