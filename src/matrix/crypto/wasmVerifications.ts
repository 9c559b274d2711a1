import {
  Sas,
  UserId as WasmUserId,
  VerificationMethod,
  VerificationRequestPhase,
  type OlmMachine,
  type VerificationRequest,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import { RoomId as WasmRoomId } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { UserId } from "../../kernel/ids.ts";
import type { Verification, Verifications } from "./engine.ts";
import type { Machine } from "./machine.ts";
import { request } from "./wasmValues.ts";

/**
 * Comparison of emoji (`m.sas.v1`); no other way is offered.
 *
 * The library forgets one that has ended with the next answer of the homeserver, which may come in the middle of its last step. So each that
 * shows emoji is held here until its end was heard of: what is held still says how it ended.
 */
export function wasmVerifications(machine: Pick<Machine, "now" | "run">): Verifications {
  const held = new Map<string, Held>();
  return {
    receive: (room, event) =>
      machine.run((olm) =>
        olm.receiveVerificationEvent(JSON.stringify(event), new WasmRoomId(room)),
      ),
    of(user) {
      const olm = machine.now;
      const known = olm
        .getVerificationRequests(new WasmUserId(user))
        .map((one) => ({ one, is: describe(one, user) }));
      for (const { one, is } of known)
        if (is.phase === "emoji" || is.phase === "confirmed") held.set(is.flow, { olm, user, one });
      const forgotten = [...held].flatMap(([flow, whose]) =>
        // A machine that was opened anew knows nothing of those before, and theirs never move again.
        whose.user !== user || whose.olm !== olm || known.some(({ is }) => is.flow === flow)
          ? []
          : [describe(whose.one, user)],
      );
      return [...known.map(({ is }) => is), ...forgotten];
    },
    release: (flow) => {
      held.delete(flow);
    },
    step: (user, flow, step) =>
      machine.run(async (olm) => {
        const one = olm.getVerificationRequest(new WasmUserId(user), flow);
        if (one === undefined) return [];
        const sas = sasOf(one);
        switch (step) {
          case "accept": {
            const agreed =
              one.phase() === VerificationRequestPhase.Requested
                ? one.acceptWithMethods([VerificationMethod.SasV1])
                : sas?.accept();
            return agreed === undefined ? [] : [request(agreed)];
          }
          case "match":
            return sas?.canBePresented() === true ? (await sas.confirm()).map(request) : [];
          case "cancel": {
            // Who was shown emoji and says no has seen others.
            const ended =
              (sas?.canBePresented() === true
                ? sas.cancelWithCode("m.mismatched_sas")
                : sas?.cancel()) ?? one.cancel();
            return ended === undefined ? [] : [request(ended)];
          }
        }
      }),
  };
}

interface Held {
  readonly olm: OlmMachine;
  readonly user: UserId;
  readonly one: VerificationRequest;
}

function sasOf(one: VerificationRequest): Sas | undefined {
  const inside = one.getVerification();
  return inside instanceof Sas ? inside : undefined;
}

function describe(one: VerificationRequest, user: UserId): Verification {
  const flow = one.flowId;
  const sas = sasOf(one);
  if (one.isCancelled() || sas?.isCancelled() === true) return { user, flow, phase: "cancelled" };
  if (one.isDone() || sas?.isDone() === true) return { user, flow, phase: "done" };
  if (sas !== undefined) {
    if (sas.haveWeConfirmed()) return { user, flow, phase: "confirmed" };
    const emoji = sas.canBePresented() ? sas.emoji() : undefined;
    if (emoji !== undefined)
      return {
        user,
        flow,
        phase: "emoji",
        emoji: emoji.map(({ symbol, description }) => ({ symbol, description })),
      };
    return { user, flow, phase: sas.hasBeenAccepted() || sas.weStarted() ? "waiting" : "offered" };
  }
  const requested =
    one.phase() === VerificationRequestPhase.Requested && !one.weStarted() && !one.isPassive();
  return { user, flow, phase: requested ? "requested" : "waiting" };
}
