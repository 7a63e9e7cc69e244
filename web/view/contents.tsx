import type { JSX } from 'preact';
import type { ImageContents } from '../../core/contents/facts.ts';
import { wastedText } from '../../core/page/contents.ts';
import { count, roughly } from '../../core/page/text.ts';
import { BigMap } from './big-map.tsx';
import { Table } from './table.tsx';
import type { ViewTexts } from './texts.ts';

interface ContentsProps {
  image: ImageContents | null;
  title: string;
  texts: ViewTexts;
}

/**
 * The files inside an image: how many and how large they are, what each layer changes, a treemap of what takes the most
 * space, and lists such as the largest files. When `image` is null, it says that the files could not be read.
 */
export function ContentsView({ image, title, texts }: ContentsProps): JSX.Element {
  if (image === null)
    return (
      <section class="inspection">
        <h2>{title}</h2>
        <p>{texts.unknown}</p>
      </section>
    );
  return (
    <section class="inspection">
      <h2>{title}</h2>
      <dl class="figures">
        <Figure label={texts.files} text={count(image.files)} />
        <Figure label={texts.size} text={roughly(image.bytes)} />
        <Figure label={texts.wasted} text={wastedText(image)} />
      </dl>
      <BigMap image={image} texts={texts} />
      <Changes image={image} texts={texts} />
      <Lists image={image} texts={texts} />
    </section>
  );
}

function Figure({ label, text }: { label: string; text: string }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{text}</dd>
    </div>
  );
}

type Props = { image: ImageContents; texts: ViewTexts };

function Changes({ image: { layers }, texts }: Props): JSX.Element | null {
  if (layers.length < 2) return null;
  const amount = ({ files, bytes }: { files: number; bytes: number }) =>
    files === 0 ? '' : `${count(files)} (${roughly(bytes)})`;
  return (
    <Table
      title={texts.layers}
      head={[texts.layer, texts.added, texts.changed, texts.deleted, texts.size, texts.wasted]}
      rows={layers.map(({ added, changed, deleted, bytes, wasted }, at) => [
        String(at + 1),
        ...[added, changed, deleted].map(amount),
        roughly(bytes),
        wasted === 0 ? '' : roughly(wasted),
      ])}
      numbers
    />
  );
}

function Lists({ image, texts }: Props): JSX.Element {
  const { largest, lost, setuid, ownerless, duplicates } = image;
  const more = (files: number, shown: number): string => (files > shown ? texts.more(files - shown) : '');
  const ownerlessNote = ownerless === null ? texts.noPasswd : more(ownerless.files, ownerless.first.length);
  return (
    <>
      <Table
        title={texts.largest}
        head={[texts.size, texts.layer, texts.path]}
        rows={largest.map(({ bytes, layer, path }) => [roughly(bytes), String(layer + 1), path])}
      />
      <Table
        title={texts.lost}
        head={[texts.size, texts.layer, texts.path]}
        rows={lost.map(({ bytes, layer, path, by, how }) => [
          roughly(bytes),
          String(layer + 1),
          `${path}\n${texts.lostBy(by + 1, how)}`,
        ])}
      />
      <Table
        title={texts.duplicates}
        head={[texts.size, texts.path]}
        rows={duplicates.groups.map(({ bytes, paths }) => [roughly(bytes), paths.join('\n')])}
        note={duplicates.groups.length === 0 ? '' : texts.duplicatesHint(roughly(duplicates.bytes))}
      />
      <Table
        title={texts.setuid}
        head={[texts.mode, texts.owner, texts.path]}
        rows={setuid.first.map(({ mode, uid, gid, path }) => [mode, `${uid}/${gid}`, path])}
        note={more(setuid.files, setuid.first.length)}
      />
      <Table
        title={texts.ownerless}
        head={[texts.owner, texts.path]}
        rows={ownerless?.first.map(({ uid, path }) => [String(uid), path]) ?? []}
        note={ownerlessNote}
      />
    </>
  );
}
