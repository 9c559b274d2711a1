import type { ErrorCodes } from "../../kernel/errorCodes.ts";

/** What can go wrong with widgets alone, each with when it happens; the sentences are in `templates/<language>/error`. */
export const WIDGET_ERRORS = {
  "widget-url-invalid": "The address given for a widget cannot be used.",
  "widget-setting-unknown": "A setting was given that this kind of widget does not have.",
  "widget-setting-invalid": "A setting of a widget has a value that it cannot take.",
  "widget-setting-missing": "A widget cannot be added without a setting that was left out.",
  "widget-setting-one-of": "A kind of widget takes exactly one of several settings.",
  "widget-setting-fixed":
    "A widget that Usher did not make, and cannot read, was to be changed in more than its name.",
  "widget-secret":
    "An address would give a password or a moderator's rights to everybody in the room.",
  "widget-address-unknown":
    "The operator has not allowed any page to be added, and no other kind of widget knows the address.",
  "widget-top-full": "Three widgets are on top already, which is as many as clients show there.",
  "entry-not-widget": "Something of the catalogue that is no widget was to be added as one.",
} as const satisfies ErrorCodes;

declare module "../../kernel/errorCodes.ts" {
  interface KindErrorCodes extends Record<keyof typeof WIDGET_ERRORS, unknown> {}
}
