import type { ErrorCode } from "./errorCodes.ts";

/** What a sentence's template may be filled with. */
export type View = {
  readonly [name: string]:
    string | number | boolean | undefined | null | readonly ViewItem[] | View;
};
type ViewItem = View | string | number;

/**
 * A failure that a person may see: its code names the template that says what happened and what to do next
 * (`templates/en/error/<code>.mustache`), its view fills it. Everything else that is thrown is unexpected and is shown as a reference only.
 */
export class UsherError extends Error {
  readonly code: ErrorCode;
  readonly view: View;

  constructor(code: ErrorCode, view: View = {}, options?: ErrorOptions) {
    super(code, options);
    this.name = "UsherError";
    this.code = code;
    this.view = view;
  }
}
