import type { Answer } from "../../../chat/command.ts";

/** One thing that was looked at. Its sentence says what is wrong and how to mend it, or how well it is. */
export type Finding = { readonly well: boolean; readonly finding: Answer };
