import { RoomId as WasmRoomId, UserId as WasmUserId } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { History } from "./engine.ts";
import type { Machine } from "./machine.ts";

/** Keys of earlier messages, shared by whoever invited Usher (MSC4268). */
export function wasmHistory(machine: Machine): History {
  return {
    expect: (room, inviter) =>
      machine.run((olm) =>
        olm.storeRoomPendingKeyBundle(new WasmRoomId(room), new WasmUserId(inviter)),
      ),
    expected: () =>
      machine.run(async (olm) =>
        (await olm.getAllRoomsPendingKeyBundles()).map((one) => ({
          room: one.roomId.toString() as RoomId,
          inviter: one.inviterId.toString() as UserId,
          acceptedAt: one.inviteAcceptedAtMillis,
        })),
      ),
    forget: (room) => machine.run((olm) => olm.clearRoomPendingKeyBundle(new WasmRoomId(room))),
    offer: (room, inviter) =>
      machine.run(
        async (olm) =>
          (await olm.getReceivedRoomKeyBundleData(new WasmRoomId(room), new WasmUserId(inviter)))
            ?.url,
      ),
    take: (room, inviter, bundle) =>
      machine.run(async (olm) => {
        const data = await olm.getReceivedRoomKeyBundleData(
          new WasmRoomId(room),
          new WasmUserId(inviter),
        );
        if (data !== undefined) await olm.receiveRoomKeyBundle(data, bundle);
      }),
  };
}
