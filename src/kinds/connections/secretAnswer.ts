import type { Answer } from "../../chat/command.ts";
import type { Secret } from "../../config/secret.ts";
import type { RoomId } from "../../kernel/ids.ts";

/** What one person is told alone of a connection, with its secret. Made right before it is said, and kept nowhere. */
export function secretAnswer(
  { id, name, entry }: { readonly id: string; readonly name: string; readonly entry: string },
  room: RoomId,
  secret: Secret,
): Answer {
  return {
    template: `connection-secret/${entry}`,
    view: { id, name, room: encodeURIComponent(room), secret: secret.reveal() },
  };
}
