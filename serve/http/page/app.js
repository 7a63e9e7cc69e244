// The page of `lading serve --http`. The browser gets these very files, from a checkout and from the package: plain
// JavaScript with its types in comments, so that nothing has to be built.

import { element, sendingRow, uploadRow } from './rows.js';
import { Sending } from './send.js';
import { meaningOf, shown, spoken, switchLanguage, text } from './texts.js';

/** @typedef {import('./rows.js').Listed} Listed */
/**
 * @typedef {object} Option an option of a conversion, as the server describes it
 * @property {string} name
 * @property {'text' | 'texts' | 'flag' | 'json'} form of its value: a text, several texts, yes or no, a JSON file
 * @property {string} meaning what the option does, in English
 * @property {string} zh the meaning in Chinese
 * @property {string} [placeholder] an example of a value
 */

/**
 * Finds the element of the page with this id. Throws when it is missing, or is not of this class.
 * @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T}
 */
function byId(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`There is no ${id} of this kind`);
}

const rows = byId('rows', HTMLOListElement);
const sendingRows = byId('sending', HTMLOListElement);
const file = byId('file', HTMLInputElement);
const key = byId('key', HTMLInputElement);
const drop = byId('drop', HTMLDivElement);
const connection = byId('connection', HTMLParagraphElement);

/** The uploads that the server has told of, by key. @type {Map<string, Listed>} */
const uploads = new Map();
/** The options of a conversion. The form has one field for each of them. @type {Option[]} */
let options = [];
/** The uploads that this page is sending now. @type {Set<Sending>} */
const sendings = new Set();
let isConnected = false;
/** True when users must log in with a token to see this page. */
let isGuarded = false;

// The list.

/** The row of the upload with this key in the list; null when it has none. @param {string} ofKey */
function rowOf(ofKey) {
  return [...rows.children].find((row) => row instanceof HTMLElement && row.dataset['key'] === ofKey) ?? null;
}

/**
 * Shows the new state of an upload in the list. A new upload gets a row at the top; otherwise its row is replaced in
 * place.
 * @param {Listed} listed
 */
function show(listed) {
  const before = uploads.get(listed.key);
  uploads.set(listed.key, listed);
  const row = uploadRow(listed, isGuarded);
  const old = rowOf(listed.key);
  if (old === null) rows.prepend(row);
  else swap(old, row);
  const isNews = before?.state !== listed.state && !['waiting', 'reading', 'converting'].includes(listed.state);
  if (isNews) byId('news', HTMLParagraphElement).textContent = `${shown(listed.key)}: ${text(listed.state)}`;
  byId('empty', HTMLParagraphElement).hidden = uploads.size > 0;
}

/**
 * Replaces a row of the list by a newer one. If a link or button of the old row has the focus, the one at the same
 * position in the new row gets it.
 * @param {Element} old
 * @param {Element} row
 */
function swap(old, row) {
  const find = 'a, button';
  const at = [...old.querySelectorAll(find)].indexOf(/** @type {Element} */ (document.activeElement));
  old.replaceWith(row);
  const again = row.querySelectorAll(find)[at];
  if (again instanceof HTMLElement) again.focus();
}

function listen() {
  const live = new EventSource('/live');
  /**
   * Calls `act` with the data of each event of this name that the server sends.
   * @param {string} name @param {(data: any) => void} act
   */
  const on = (name, act) =>
    live.addEventListener(name, (event) => act(JSON.parse(/** @type {MessageEvent<string>} */ (event).data)));
  on('all', (all) => {
    uploads.clear();
    rows.replaceChildren();
    for (const each of all) show(each);
    byId('news', HTMLParagraphElement).textContent = '';
    tellConnection(true);
  });
  on('upload', show);
  on('gone', ({ key: gone }) => {
    uploads.delete(gone);
    rowOf(gone)?.remove();
  });
  live.addEventListener('error', () => {
    tellConnection(false);
    // After an answer other than 200, the browser does not try again by itself. The login may have expired.
    if (live.readyState === EventSource.CLOSED) setTimeout(() => void reconnect(), 5000);
  });
}

async function reconnect() {
  const answer = await fetch('/options').catch(() => null);
  if (answer?.status === 401) location.assign('/login');
  else listen();
}

/** Tells the user whether the page is connected to the server. @param {boolean} isThere */
function tellConnection(isThere) {
  isConnected = isThere;
  connection.textContent = text(isThere ? 'live' : 'away');
}

// Sending files.

/**
 * Sends a chosen file to the server, and shows its progress in a row. `as` is the key of the upload: its name in the
 * list. `sidecar` has the options of the upload as the text of a JSON document; null for none.
 * @param {File} chosen @param {string} as @param {string | null} sidecar
 */
function send(chosen, as, sidecar) {
  /** @type {Element} */
  let row = element('li');
  sendingRows.append(row);
  let due = false;
  const draw = () => {
    due = false;
    const isOver = sending.state === 'sent' || sending.state === 'cancelled';
    if (isOver) {
      sendings.delete(sending);
      return row.remove();
    }
    const next = sendingRow(sending);
    swap(row, next);
    row = next;
  };
  // Bytes arrive more often than a screen can show.
  const sending = new Sending(chosen, as, sidecar, () => {
    if (!due) requestAnimationFrame(draw);
    due = true;
  });
  sendings.add(sending);
  void sending.run();
}

/**
 * The options that the user has given in the form, as the text of a JSON document; null when there are none. Throws
 * when the file chosen for the option `inspect` is not JSON.
 */
async function optionsGiven() {
  /** @type {Record<string, unknown>} */
  const given = {};
  for (const { name, form } of options) {
    const field = document.getElementById(`option-${name}`);
    if (field instanceof HTMLTextAreaElement) {
      const lines = field.value
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
      if (lines.length > 0) given[name] = lines;
    } else if (!(field instanceof HTMLInputElement)) continue;
    else if (form === 'json') {
      const [document] = field.files ?? [];
      if (document !== undefined) given[name] = JSON.parse(await document.text());
    } else if (form === 'flag') {
      if (field.checked) given[name] = true;
    } else if (field.value.trim() !== '') given[name] = field.value.trim();
  }
  return Object.keys(given).length === 0 ? null : JSON.stringify(given);
}

byId('new', HTMLFormElement).addEventListener('submit', async (event) => {
  event.preventDefault();
  const chosen = [...(file.files ?? [])];
  const inspect = document.getElementById('option-inspect');
  try {
    const sidecar = await optionsGiven();
    for (const each of chosen) send(each, chosen.length === 1 ? key.value : each.name, sidecar);
  } catch {
    if (inspect instanceof HTMLInputElement) {
      inspect.setCustomValidity(text('badInspect'));
      inspect.reportValidity();
    }
    return;
  }
  file.value = '';
  chosenNow();
});

/**
 * Prepares the form for the files that the user has just chosen to send. For a single file, its name becomes the key,
 * and a note says if there is an upload with that key. For several files, the field for the key is hidden.
 */
function chosenNow() {
  const [first, ...others] = file.files ?? [];
  const isOne = first !== undefined && others.length === 0;
  byId('key-field', HTMLParagraphElement).hidden = !isOne;
  key.required = isOne;
  key.value = isOne ? first.name : '';
  noteKey();
}

function noteKey() {
  byId('key-note', HTMLElement).textContent = uploads.has(key.value) ? text('replaces') : '';
}

file.addEventListener('change', chosenNow);
key.addEventListener('input', noteKey);
// Without these, a file that is dropped beside the field would be opened in place of the page.
for (const name of /** @type {const} */ (['dragover', 'drop']))
  addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
    const dropped = name === 'drop' ? event.dataTransfer?.files : undefined;
    if (dropped === undefined || dropped.length === 0) return;
    file.files = dropped;
    chosenNow();
  });
addEventListener('dragleave', () => drop.classList.remove('over'));
addEventListener('beforeunload', (event) => {
  if ([...sendings].some(({ state }) => state === 'sending' || state === 'retrying')) event.preventDefault();
});

// Texts.

function drawTexts() {
  document.documentElement.lang = spoken() === 'zh' ? 'zh-Hans' : 'en';
  for (const each of document.querySelectorAll('[data-text]'))
    if (each instanceof HTMLElement) each.textContent = text(/** @type {any} */ (each.dataset['text']));
  const button = byId('language', HTMLButtonElement);
  button.textContent = spoken() === 'zh' ? 'English' : '中文';
  button.lang = spoken() === 'zh' ? 'en' : 'zh';
  for (const listed of uploads.values()) rowOf(listed.key)?.replaceWith(uploadRow(listed, isGuarded));
  for (const sending of sendings) sending.onChange();
  for (const option of options) {
    const note = document.getElementById(`about-${option.name}`);
    if (note) note.textContent = noteOf(option);
  }
  tellConnection(isConnected);
  noteKey();
}

/** The description of an option beside its field, in the language of the page. @param {Option} option */
function noteOf(option) {
  return option.form === 'texts' ? `${meaningOf(option)} (${text('each')})` : meaningOf(option);
}

/**
 * Makes the form field for an option, with its name and an empty element for its description.
 * @param {Option} option
 */
function fieldOf({ name, form, placeholder = '' }) {
  const id = `option-${name}`;
  const field = document.createElement(form === 'texts' ? 'textarea' : 'input');
  field.id = id;
  field.spellcheck = false;
  if (field instanceof HTMLInputElement) field.type = form === 'flag' ? 'checkbox' : form === 'json' ? 'file' : 'text';
  if (form === 'text') field.placeholder = placeholder;
  field.setAttribute('aria-describedby', `about-${name}`);
  field.addEventListener('change', () => field.setCustomValidity(''));
  const label = element('label', { htmlFor: id }, element('strong', {}, name), ' ');
  return element('div', {}, label, field, element('small', { id: `about-${name}` }));
}

byId('language', HTMLButtonElement).addEventListener('click', () => {
  switchLanguage();
  drawTexts();
});

const form = await fetch('/options').then((answer) => answer.json());
options = form.options;
isGuarded = form.login;
byId('logout', HTMLFormElement).hidden = !isGuarded;
byId('options', HTMLDivElement).append(...options.map(fieldOf));
drawTexts();
listen();
