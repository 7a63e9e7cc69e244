/** The languages in which Lading speaks to users. */
export type Language = 'en' | 'zh';

/** Words that differ between the languages: English, and Simplified Chinese. */
export type Bilingual = Readonly<Record<Language, string>>;

export function both(en: string, zh: string): Bilingual {
  return { en, zh };
}
