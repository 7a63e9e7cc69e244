/** The languages in which Lading writes sentences for users: English (`en`) and Simplified Chinese (`zh`). */
export type Language = 'en' | 'zh';

/** A text for users in both languages: English and Simplified Chinese. */
export type Bilingual = Readonly<Record<Language, string>>;

export function both(en: string, zh: string): Bilingual {
  return { en, zh };
}
