import type { Answer } from "../chat/command.ts";
import { asTyped } from "../chat/tokenize.ts";
import { dayOf } from "../kernel/days.ts";
import type { ErrorCode } from "../kernel/errorCodes.ts";
import { UsherError, type View } from "../kernel/errors.ts";
import type { SetUp } from "../store/room.ts";
import { lasting, standing, type SetUpDefinition } from "./setUp.ts";

/** How a set-up stands, as sentences want it. */
export function setUpView({ steps }: SetUpDefinition, setUp: SetUp): View {
  const { id, name, person, at, state } = setUp;
  const step = steps.find((one) => one.name === setUp.step) ?? steps[0];
  return {
    id: asTyped(id),
    name,
    person,
    on: dayOf(at),
    step: step.said(setUp),
    stopped: state === "stopped",
  };
}

/** What has been done of it, in words. */
export function standingView({ steps }: SetUpDefinition, setUp: SetUp): readonly Answer[] {
  return standing(steps, setUp).map((step) => step.said(setUp));
}

/** What is left of it when it is removed, in words. */
export function lastingView({ steps }: SetUpDefinition, setUp: SetUp): readonly Answer[] {
  return lasting(steps, setUp).map((step) => step.said(setUp));
}

/** Why it failed, as a sentence of its own; undefined where it did not. */
export function reasonView({ failure }: SetUp): Answer | undefined {
  return failure && { template: `error/${codeOf(failure)}`, view: viewOf(failure) };
}

/** Why it could not be taken back after that; undefined where it could, or nothing had failed before. */
export function backView({ failure }: SetUp): Answer | undefined {
  // It was made by `notUndone`.
  return failure?.view["back"] as Answer | undefined;
}

/** The same of an error, where it is said late. */
export function failureAnswer({ code, view }: UsherError): Answer {
  return { template: `error/${code}`, view };
}

/** That it stopped, and how to go on. */
export function stoppedError(definition: SetUpDefinition, setUp: SetUp): UsherError {
  const { failure } = setUp;
  const { step } = setUpView(definition, { ...setUp, step: failure?.step ?? setUp.step });
  const back = backView(setUp);
  const view = {
    ...{ ...setUpView(definition, setUp), step, why: reasonView(setUp) },
    ...{ back, backStep: back && setUpView(definition, setUp)["step"] },
    stands: standingView(definition, setUp),
  };
  return new UsherError(failure?.step === undefined ? "setup-stays" : "setup-stopped", view);
}

/**
 * That it failed and all is as before; undefined where it was to be removed, and did not fail. `thrown`: the failure itself, which is told as it is
 * where nothing had been done before it.
 */
export function undoneError(
  definition: SetUpDefinition,
  setUp: SetUp,
  thrown: UsherError | undefined,
): UsherError | undefined {
  const { failure } = setUp;
  if (failure === undefined) return undefined;
  const failedAt = { ...setUp, step: failure.step ?? setUp.step };
  if (standing(definition.steps, failedAt).length === 0)
    return thrown ?? new UsherError(codeOf(failure), viewOf(failure));
  return new UsherError("setup-undone", {
    ...setUpView(definition, failedAt),
    why: reasonView(setUp),
  });
}

/** That what it waits for has not come within the step's limit. */
export function tooLateError({ at, waitingSince = at }: SetUp): UsherError {
  return new UsherError("setup-wait-over", { on: dayOf(waitingSince) });
}

type Failure = NonNullable<SetUp["failure"]>;

/** It was a code when it was stored; a version that renames one renames it there too. */
function codeOf({ code }: Failure): ErrorCode {
  return code as ErrorCode;
}

/** It was checked to be JSON when it was stored. */
function viewOf({ view }: Failure): View {
  return view as View;
}
