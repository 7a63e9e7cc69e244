/** The languages of sentences for users. */
export type Language = 'en' | 'zh';

/** A text in both languages: English and Simplified Chinese. */
export type Bilingual = Readonly<Record<Language, string>>;

export function both(en: string, zh: string): Bilingual {
  return { en, zh };
}
