// The rows of the list: one for each upload, and one for each file that this page is sending.

import { said, shown, sizeOf, text } from './texts.js';

/**
 * @typedef {object} Listed an upload as the server describes it (serve/board.ts)
 * @property {string} key
 * @property {'waiting' | 'reading' | 'converting' | 'converted' | 'recognised' | 'refused' | 'failed' | 'stuck'} state
 * @property {number | null} size its size in bytes; null when it is not known yet
 * @property {number} done the number of its bytes that were read in this state
 * @property {import('./texts.js').Bilingual | null} summary what it is, what became of it, or why it waits
 * @property {import('./texts.js').Bilingual | null} remedy what to do when it was refused
 * @property {{ file: 'image.tar' | 'rootfs.tar', size: number, names: string[] } | null} image the archive made of it
 * @property {boolean} report true when there is a page about it, `report.html`
 */

/**
 * Makes an HTML element with these properties, and with texts and nodes inside. All texts become text nodes, so no name
 * is ever taken for markup.
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

/**
 * Makes the first line of a row: the key of an upload, and a word for its state.
 * @param {string} key @param {string} word
 */
function head(key, word) {
  const name = element('h3', {}, element('bdi', {}, shown(key)));
  return element('div', { className: 'head' }, name, element('span', { className: 'state' }, word));
}

/**
 * Makes a progress bar. `share` is the part that is done, from 0 to 1; null when it is not known. `label` is for screen
 * readers.
 * @param {string} label @param {number | null} share
 */
function bar(label, share) {
  const made = element('progress', share === null ? {} : { value: share });
  made.setAttribute('aria-label', label);
  return made;
}

/**
 * Makes the row of an upload in the list: its state, the sentences about it, links to its results, and the command that
 * loads its image. `isGuarded` is true when the page needs a token, which this command must send as well.
 * @param {Listed} listed @param {boolean} isGuarded
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

/** Makes the links to the results of an upload. @param {Listed} listed */
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

/**
 * The URL path of a result of the upload with this key. `file` is the result's name, such as `image.tar`.
 * @param {string} file @param {string} key
 */
function resultPath(file, key) {
  return `/results/${file}?key=${encodeURIComponent(key).replaceAll("'", '%27')}`;
}

/**
 * Makes the row of a file that this page is sending: its progress, and buttons to pause, resume and cancel.
 * @param {import('./send.js').Sending} sending
 */
export function sendingRow(sending) {
  const { key, state, done, file, why } = sending;
  const row = element('li');
  row.dataset['state'] = state;
  const word = state === 'sent' || state === 'cancelled' ? '' : text(state);
  row.append(head(key, word), bar(`${shown(key)}: ${word}`, file.size === 0 ? 0 : done / file.size));
  row.append(element('p', {}, `${sizeOf(done)} / ${sizeOf(file.size)}`));
  if (state === 'broken') row.append(element('p', {}, shown(why === null ? text('unknown') : said(why))));
  const buttons = element('p', { className: 'links' });
  /**
   * Adds a button to the row, which calls `act` when it is pressed.
   * @param {import('./texts.js').Word} label @param {() => void} act
   */
  const add = (label, act) => buttons.append(element('button', { type: 'button', onclick: act }, text(label)));
  if (state === 'sending' || state === 'retrying') add('pause', () => sending.pause());
  if (state === 'paused' || state === 'broken') add('resume', () => void sending.run());
  add('cancel', () => void sending.cancel());
  row.append(buttons);
  return row;
}
