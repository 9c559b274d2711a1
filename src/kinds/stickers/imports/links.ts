/** Which set of Telegram a link means, `https://t.me/addstickers/Name` and the like; undefined for another link. */
export function telegramSet(link: string): string | undefined {
  const web = /^https?:\/\/(?:t|telegram)\.(?:me|dog)\/(?:addstickers|addemoji)\/(\w{1,64})\/?$/i;
  const app = /^tg:\/\/addstickers\?set=(\w{1,64})$/i;
  return (web.exec(link) ?? app.exec(link))?.[1];
}

/** Where such a set is from, for people; undefined for what names none. */
export function telegramLink(name: string | undefined): string | undefined {
  return name === undefined || !/^\w{1,64}$/.test(name)
    ? undefined
    : `Imported from https://t.me/addstickers/${name}`;
}

/** Which pack of Signal a link means, and the key that it is encrypted with; undefined for another link. */
export function signalPackOf(
  link: string,
): { readonly id: string; readonly key: string } | undefined {
  const found =
    /^(?:https:\/\/signal\.art\/addstickers\/?#|sgnl:\/\/addstickers\/?\?)(.{1,200})$/i.exec(link);
  const said = new URLSearchParams(found?.[1]);
  const [id, key] = [said.get("pack_id") ?? "", said.get("pack_key") ?? ""];
  return /^[0-9a-f]{32}$/i.test(id) && /^[0-9a-f]{64}$/i.test(key)
    ? { id: id.toLowerCase(), key: key.toLowerCase() }
    : undefined;
}
