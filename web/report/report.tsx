import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Language } from '../../core/catalogue/bilingual.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { WORDS } from '../../core/page/words.ts';
import { ContentsView } from '../view/contents.tsx';
import { ConversionView } from '../view/conversion.tsx';
import { History } from '../view/history.tsx';
import { InspectionView } from '../view/inspection.tsx';
import { VIEW_TEXTS } from '../view/texts.ts';

/** The HTML report about an archive: what it is, what became of it, what is inside, and how its images were made. */
export function Report({ manifest }: { manifest: ArchiveManifest }): JSX.Element {
  const [language, setLanguage] = useState<Language>(/^zh/i.test(navigator.language) ? 'zh' : 'en');
  const voice = { language, words: WORDS[language] };
  const texts = VIEW_TEXTS[language];
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
    document.title = `Lading: ${manifest.source.key}`;
  }, [language, manifest]);
  const other = language === 'zh' ? 'en' : 'zh';
  const { contents, images } = manifest;
  return (
    <>
      <header>
        <h1>Lading</h1>
        <p>{texts.report}</p>
        <button type="button" lang={other === 'zh' ? 'zh-Hans' : 'en'} onClick={() => setLanguage(other)}>
          {texts.otherLanguage}
        </button>
      </header>
      <main>
        <InspectionView manifest={manifest} voice={voice} />
        {manifest.result === null ? null : (
          <section class="inspection">
            <ConversionView manifest={{ ...manifest, findings: [] }} voice={voice} />
          </section>
        )}
        {contents?.images.map((image, at, { length }) => (
          <ContentsView key={at} image={image} title={voice.words.insideOf(at + 1, length)} texts={texts} />
        ))}
        {images.map((image, at) => (
          <History key={at} history={image.history} title={texts.historyOf(at + 1, images.length)} texts={texts} />
        ))}
      </main>
      <footer>
        <p>{texts.madeBy(manifest.converter.version)}</p>
      </footer>
    </>
  );
}
