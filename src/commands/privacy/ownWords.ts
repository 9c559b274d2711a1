/** Talk in words alone, as long as a question is: an address or an id in it is no question about oneself. */
const PLAIN = /^(?:[\p{L}\s'’?.,!()§-]|(?<![\p{L}\d])\d{1,2}(?![\p{L}\d])){1,160}$/u;

/** What people ask about themselves in their own words, in English, German and French. */
const ASKED = {
  data: [
    /\b(?:what|which|any)\b.*\b(?:know|store|stored|keep|kept|hold|have|data|information)\b.*\b(?:about|of|on) me\b/i,
    /\b(?:my|personal) data\??$/i,
    /\b(?:subject access|data access|gdpr|dsgvo|ds-gvo|rgpd|datenauskunft|auskunft)\b/i,
    /\bwelche\b.*\bdaten\b.*\b(?:mich|mir)\b/i,
    /\bquelles? (?:données|informations)\b.*\bmoi\b/iu,
    /\bwas\b.*\b(?:wei(?:ß|ss)t|wisst|wissen|speicher(?:st|t|n)|hast|habt|haben)\b.*\b(?:mich|mir)\b/i,
    /\bque (?:sais|savez)\b.*\bmoi\b/i,
  ],
  export: [
    /\b(?:download|export|send|give|get|copy)\b.*\bmy (?:own |personal )?(?:data|information)\b/i,
    /\b(?:takeout|data portability|datenexport)\b/i,
    /\bcopy of (?:all )?my (?:own |personal )?(?:data|information)\b/i,
    /\bmeine (?:eigenen |personenbezogenen |persönlichen )?daten\b.*\b(?:herunterladen|exportieren|haben|bekommen|schicken|zusenden)\b/iu,
    /\bkopie\b.*\bmeiner (?:personenbezogenen |persönlichen )?daten\b/iu,
    /\b(?:copie|télécharger|exporter)\b.*\bmes données\b/iu,
  ],
  erase: [
    /\b(?:delete|erase|remove|forget|wipe|clear)\b.*\b(?:(?:everything|all)\b.*\b(?:me|my|mine)|my (?:own |personal )?(?:data|account|information))\b/i,
    /^(?:please )?forget (?:about )?me\b/i,
    /\bright to be forgotten\b/i,
    /\b(?:vergiss mich|lösch\p{L}*\b.*\b(?:mich|mir|alles|meine[rn]? (?:personenbezogenen |persönlichen )?daten))\b/iu,
    /\b(?:meine (?:personenbezogenen |persönlichen )?daten|alles über mich)\b.*löschen\b/iu,
    /\b(?:supprime|efface)\p{L}*\b.*\b(?:mes données|moi)\b/iu,
    /\boublie-moi\b/i,
  ],
} as const;

/** Whether somebody asks for this right in their own words. Most decided first: who wants to be forgotten mentions their data too. */
export function asksFor(right: keyof typeof ASKED): (line: string) => boolean {
  return (line) => PLAIN.test(line) && meant(line) === right;
}

function meant(line: string): keyof typeof ASKED | undefined {
  return (["erase", "export", "data"] as const).find((right) =>
    ASKED[right].some((pattern) => pattern.test(line)),
  );
}
