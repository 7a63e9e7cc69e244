import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ImageContents } from '../../core/contents/facts.ts';
import { roughly } from '../../core/page/text.ts';
import { type Area, areaAt, mapOf } from './areas.ts';
import type { ViewTexts } from './texts.ts';
import { Treemap } from './treemap.tsx';
import { Grid } from './grid.tsx';

type By = 'folder' | 'layer';

/**
 * A treemap of the files that take the most space in an image, by folder or by layer. For whoever cannot use the
 * drawing, there is a table with the same content. Folders can be opened in both. Null if no file has any bytes.
 */
export function BigMap({ image, texts }: { image: ImageContents; texts: ViewTexts }): JSX.Element | null {
  const [by, setBy] = useState<By>('folder');
  const [path, setPath] = useState<string[]>([]);
  const map = mapOf(image, by);
  if (map.bytes + map.wasted === 0) return null;
  const area = areaAt(map, path);
  const open = (names: string[]): void => setPath([...path, ...names]);
  const choose = (next: By): void => {
    setBy(next);
    setPath([]);
  };
  return (
    <section class="big">
      <h3>{texts.map}</h3>
      <p class="more">{texts.mapHint}</p>
      {image.layers.length < 2 ? null : <Choice by={by} onChoose={choose} texts={texts} />}
      <p class="way">
        <code>{wayOf(by, path, texts)}</code>{' '}
        {path.length === 0 ? null : (
          <button type="button" onClick={() => setPath(path.slice(0, -1))}>
            {texts.up}
          </button>
        )}
      </p>
      <Treemap area={area} nameOf={(each) => nameOf(each, texts)} onOpen={open} />
      <Areas area={area} texts={texts} onOpen={open} />
    </section>
  );
}

interface ChoiceProps {
  by: By;
  onChoose: (by: By) => void;
  texts: ViewTexts;
}

function Choice({ by, onChoose, texts }: ChoiceProps): JSX.Element {
  const ways: [By, string][] = [
    ['folder', texts.byFolder],
    ['layer', texts.byLayer],
  ];
  return (
    <p class="choice" role="group" aria-label={texts.map}>
      {ways.map(([way, label]) => (
        <button key={way} type="button" aria-pressed={by === way} onClick={() => onChoose(way)}>
          {label}
        </button>
      ))}
    </p>
  );
}

interface AreasProps {
  area: Area;
  texts: ViewTexts;
  onOpen: (names: string[]) => void;
}

/** Shows a table of the areas inside one area of the treemap, the picture of the files that take the most space. */
function Areas({ area, texts, onOpen }: AreasProps): JSX.Element {
  return (
    <details>
      <summary>{texts.asTable}</summary>
      <Grid label={texts.asTable} head={[texts.size, texts.wasted, texts.path]}>
        {area.inside.map((each, at) => (
          <tr key={at}>
            <td class="nowrap">{roughly(each.bytes)}</td>
            <td class="nowrap">{each.wasted === 0 ? '' : roughly(each.wasted)}</td>
            <td class="path">
              {each.inside.length === 0 ? (
                nameOf(each, texts)
              ) : (
                <button type="button" onClick={() => onOpen([each.name])}>
                  {nameOf(each, texts)}
                </button>
              )}
            </td>
          </tr>
        ))}
      </Grid>
    </details>
  );
}

/** The name of an area of the treemap as the user sees it. That of a folder ends with `/`. */
function nameOf({ kind, name }: Area, texts: ViewTexts): string {
  if (kind === 'rest') return texts.rest;
  if (kind === 'wasted') return texts.wasted;
  return kind === 'layer' ? `${texts.layer} ${name}` : kind === 'folder' ? `${name}/` : name;
}

function wayOf(by: By, path: string[], texts: ViewTexts): string {
  const [layer, ...folders] = path;
  if (by === 'folder' || layer === undefined) return `/${path.join('/')}`;
  return `${texts.layer} ${layer}: /${folders.join('/')}`;
}
