import { z } from "zod";

const ADDRESS =
  "must be an address that begins with http:// or https://, without a name, a password or a query.";

/** Without user, password, query or fragment: what is asked is put behind it, and it may stand in sentences. */
export const plainAddress = z.string().refine((value) => {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return (
    /^https?:$/.test(protocol) && [username, password, search, hash].every((one) => one === "")
  );
}, ADDRESS);
