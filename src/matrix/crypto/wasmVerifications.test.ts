import {
  Sas,
  VerificationRequest,
  VerificationRequestPhase,
  type OlmMachine,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import { beforeEach, describe, expect, it } from "vitest";
import type { UserId } from "../../kernel/ids.ts";
import type { Verifications } from "./engine.ts";
import { wasmVerifications } from "./wasmVerifications.ts";

const VERA = "@vera:example.org" as UserId;
const MAX = "@max:example.org" as UserId;

/** One comparison as the library has it, in the state that a test gives it. */
class Comparison {
  done = false;
  cancelled = false;
  readonly request: VerificationRequest;

  constructor(flow: string) {
    const sas = Object.assign(Object.create(Sas.prototype) as Sas, {
      isCancelled: () => this.cancelled,
      isDone: () => this.done,
      haveWeConfirmed: () => false,
      canBePresented: () => true,
      emoji: () => [{ symbol: "🐶", description: "Dog" }],
    });
    this.request = Object.create(VerificationRequest.prototype, {
      flowId: { value: flow },
      isCancelled: { value: () => this.cancelled },
      isDone: { value: () => this.done },
      phase: { value: () => VerificationRequestPhase.Transitioned },
      getVerification: { value: () => sas },
    }) as VerificationRequest;
  }
}

describe("a comparison that the library forgets in the middle of its last step", () => {
  let listed: VerificationRequest[];
  let machine: { now: OlmMachine; run: never };
  let verifications: Verifications;
  let comparison: Comparison;

  /** A machine that lists what `listed` holds for Vera. */
  const opened = (): OlmMachine =>
    ({
      getVerificationRequests: (user: { toString: () => string }) =>
        user.toString() === VERA ? listed : [],
    }) as unknown as OlmMachine;
  const phases = (user = VERA): string[] => verifications.of(user).map(({ phase }) => phase);

  beforeEach(() => {
    comparison = new Comparison("$flow");
    listed = [comparison.request];
    machine = { now: opened(), run: undefined as never };
    verifications = wasmVerifications(machine);
    expect(phases()).toEqual(["emoji"]);
    listed = [];
  });

  it.each(["done", "cancelled"] as const)("still says that it is %s", (end) => {
    comparison[end] = true;
    expect(phases()).toEqual([end]);
    expect(phases()).toEqual([end]);
    expect(phases(MAX)).toEqual([]);
    verifications.release("$flow");
    expect(phases()).toEqual([]);
  });

  it("is not known to a machine that was opened anew", () => {
    machine.now = opened();
    expect(phases()).toEqual([]);
  });

  it("is told once where the library has it", () => {
    listed = [comparison.request];
    expect(phases()).toEqual(["emoji"]);
  });
});
