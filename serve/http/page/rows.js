// The rows of the list: one for each upload, and one for each file that this page is sending.

import { said, shown, sizeOf, text } from './texts.js';

/**
 * @typedef {object} Listed an upload as the server tells of it (serve/board.ts)
 * @property {string} key
 * @property {'waiting' | 'reading' | 'converting' | 'converted' | 'recognised' | 'refused' | 'failed' | 'stuck'} state
 * @property {number | null} size
 * @property {number} done
 * @property {import('./texts.js').Bilingual | null} summary
 * @property {import('./texts.js').Bilingual | null} remedy
 * @property {{ file: 'image.tar' | 'rootfs.tar', size: number, names: string[] } | null} image
 * @property {boolean} report
 */

/**
 * Makes an element. All texts become text nodes, so no name is ever taken for markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @param {(Node | string)[]} inside
 */
export function element(tag, properties = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...inside);
  return made;
}

/** @param {string} key @param {string} word */
function head(key, word) {
  const name = element('h3', {}, element('bdi', {}, shown(key)));
  return element('div', { className: 'head' }, name, element('span', { className: 'state' }, word));
}

/** A progress bar; of unknown length without a share from 0 to 1. @param {string} label @param {number | null} share */
function bar(label, share) {
  const made = element('progress', share === null ? {} : { value: share });
  made.setAttribute('aria-label', label);
  return made;
}

/**
 * The row of an upload. `isGuarded` is true when programs need the token, too.
 * @param {Listed} listed
 * @param {boolean} isGuarded
 */
export function uploadRow(listed, isGuarded) {
  const { key, state, size, done, summary, remedy } = listed;
  const row = element('li', {}, head(key, text(state)));
  row.dataset['state'] = state;
  row.dataset['key'] = key;
  if (state === 'reading') row.append(bar(`${shown(key)}: ${text(state)}`, size ? Math.min(1, done / size) : null));
  if (state === 'converting') row.append(bar(`${shown(key)}: ${text(state)}`, null));
  if (summary !== null) row.append(element('p', {}, shown(said(summary))));
  if (remedy !== null) row.append(element('p', { className: 'remedy' }, shown(said(remedy))));
  const links = linksOf(listed);
  if (links.length > 0) row.append(element('p', { className: 'links' }, ...links));
  if (listed.image !== null) {
    const token = isGuarded ? '-H "Authorization: Bearer $TOKEN" ' : '';
    const { file } = listed.image;
    const command = file === 'rootfs.tar' ? 'docker import -' : 'docker load';
    const load = `curl -f ${token}'${location.origin}${resultPath(file, key)}' | ${command}`;
    row.append(element('p', {}, `${text('load')} `, element('code', {}, load)));
  }
  return row;
}

/** @param {Listed} listed */
function linksOf({ key, state, image, report }) {
  const links = [];
  if (image !== null) {
    const word = image.file === 'rootfs.tar' ? 'rootfs' : 'image';
    links.push(element('a', { href: resultPath(image.file, key) }, `${text(word)} (${sizeOf(image.size)})`));
  }
  if (['converted', 'recognised', 'refused', 'failed'].includes(state))
    links.push(element('a', { href: resultPath('manifest.json', key) }, text('manifest')));
  if (report) links.push(element('a', { href: resultPath('report.html', key), target: '_blank' }, text('report')));
  return links;
}

/** @param {string} file @param {string} key */
function resultPath(file, key) {
  return `/results/${file}?key=${encodeURIComponent(key).replaceAll("'", '%27')}`;
}

/** The row of a file that this page sends. @param {import('./send.js').Sending} sending */
export function sendingRow(sending) {
  const { key, state, done, file, why } = sending;
  const row = element('li');
  row.dataset['state'] = state;
  const word = state === 'sent' || state === 'cancelled' ? '' : text(state);
  row.append(head(key, word), bar(`${shown(key)}: ${word}`, file.size === 0 ? 0 : done / file.size));
  row.append(element('p', {}, `${sizeOf(done)} / ${sizeOf(file.size)}`));
  if (state === 'broken') row.append(element('p', {}, shown(why === null ? text('unknown') : said(why))));
  const buttons = element('p', { className: 'links' });
  /** @param {import('./texts.js').Word} label @param {() => void} act */
  const add = (label, act) => buttons.append(element('button', { type: 'button', onclick: act }, text(label)));
  if (state === 'sending' || state === 'retrying') add('pause', () => sending.pause());
  if (state === 'paused' || state === 'broken') add('resume', () => void sending.run());
  add('cancel', () => void sending.cancel());
  row.append(buttons);
  return row;
}
