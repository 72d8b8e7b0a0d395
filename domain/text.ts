/** A sentence for people, in both languages of the house; every ledger line, report and message is made of these. */
export interface Text {
  readonly en: string;
  readonly ja: string;
}

export type Locale = keyof Text;

/** The same words in both languages: names, paths, figures. */
export const plain = (words: string): Text => ({ en: words, ja: words });

/** Sentences one after the other. */
export const joined = (texts: readonly Text[]): Text => ({
  en: texts.map(({ en }) => en).join(' '),
  ja: texts.map(({ ja }) => ja).join(''),
});
