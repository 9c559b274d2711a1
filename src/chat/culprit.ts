import { UsherError } from "../kernel/errors.ts";
import { advised } from "./advice.ts";
import { marked } from "./caret.ts";
import { tokenize } from "./tokenize.ts";

/**
 * The error with a mark (`line`, `caret`) under what it is about, where its view names a `setting`: under that `key=value` of the line, or under
 * the value without a key that was taken for it (`said`, else the setting's own word); at the line's end where the setting is not there. With the whole line that was
 * meant, as `advised` finds it.
 */
export function pointed(failure: UsherError, line: string): UsherError {
  const error = advised(failure, line);
  const { setting, said = setting } = error.view;
  if (typeof setting !== "string") return error;
  const { tokens } = tokenize(line);
  const token =
    tokens.find(({ key }) => key === setting.toLowerCase()) ??
    tokens.findLast(({ key, text }) => key === undefined && text === said);
  const end = line.trimEnd().length;
  return new UsherError(
    error.code,
    { ...error.view, ...marked(line, token?.start ?? end, token?.end ?? end) },
    { cause: failure },
  );
}
