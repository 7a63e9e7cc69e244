import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { LIMITS } from '../../core/limits.ts';
import { type Option, type OptionName, OPTION_LIST, type RawOptions } from '../../core/options/table.ts';
import type { Texts } from '../texts.ts';

interface Props {
  options: RawOptions;
  texts: Texts;
  onChange: (options: RawOptions) => void;
}

/** The conversion options that the form on the page shows at first. The others are behind a button. */
const FIRST: ReadonlySet<OptionName> = new Set(['name', 'change', 'inspect']);

/**
 * The fields of the form for a conversion, one for each conversion option. When the user has changed one option,
 * `onChange` is called with the values of all options.
 */
export function OptionsForm({ options, texts, onChange }: Props): JSX.Element {
  const field = ([name, option]: readonly [OptionName, Option]): JSX.Element => {
    const [label, hint] = texts.option[name];
    const set = (value: unknown): void => onChange({ ...options, [name]: value });
    const common = { id: `option-${name}`, label, hint, value: options[name], set };
    if (option.form === 'flag') return <Flag key={name} {...common} />;
    if (option.form === 'json') return <JsonFile key={name} {...common} texts={texts} />;
    return <Text key={name} {...common} many={option.form === 'texts'} />;
  };
  return (
    <>
      {OPTION_LIST.filter(([name]) => FIRST.has(name)).map(field)}
      <details>
        <summary>{texts.options}</summary>
        {OPTION_LIST.filter(([name]) => !FIRST.has(name)).map(field)}
      </details>
    </>
  );
}

interface Field {
  id: string;
  label: string;
  hint: string;
  value: unknown;
  set: (value: unknown) => void;
}

function Flag({ id, label, hint, value, set }: Field): JSX.Element {
  return (
    <div class="field flag">
      <input id={id} type="checkbox" checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />
      <label for={id}>
        {label} <small>{hint}</small>
      </label>
    </div>
  );
}

/**
 * The field for an option whose value is a text or, if `many` is true, a list of texts. In the field, each text of a
 * list is a line of its own. When the field is empty, the option is not given.
 */
function Text({ id, label, hint, value, set, many }: Field & { many: boolean }): JSX.Element {
  const lines = Array.isArray(value) ? value.join('\n') : '';
  const [typed, setTyped] = useState(lines);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {many ? (
        <textarea
          id={id}
          rows={Math.max(1, typed.split('\n').length)}
          aria-describedby={`${id}-hint`}
          spellcheck={false}
          value={typed}
          onInput={(event) => {
            const text = event.currentTarget.value;
            setTyped(text);
            set(
              text
                .split('\n')
                .map((line) => line.trim())
                .filter((line) => line !== ''),
            );
          }}
        />
      ) : (
        <input
          id={id}
          type="text"
          aria-describedby={`${id}-hint`}
          spellcheck={false}
          value={typeof value === 'string' ? value : ''}
          onInput={(event) => set(event.currentTarget.value.trim() || null)}
        />
      )}
      <small id={`${id}-hint`}>{hint}</small>
    </div>
  );
}

/** The field for an option whose value is the text of a file that the user chooses: the output of `docker inspect`. */
function JsonFile({ id, label, value, set, texts }: Field & { texts: Texts }): JSX.Element {
  const [name, setName] = useState('');
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setName(file.name);
    // One byte more than allowed shows that the file is too large. The core then says so.
    set(await file.slice(0, LIMITS.sidecarBytes + 1).text());
  };
  return (
    <div
      class="field"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <span>{label}</span>
      <label for={id} class="button">
        {texts.choose}
        <span class="hidden">: {label}</span>
      </label>
      <input
        id={id}
        class="hidden"
        type="file"
        accept=".json,application/json"
        aria-describedby={`${id}-hint`}
        onChange={(event) => void take(event.currentTarget.files?.[0])}
      />
      <small id={`${id}-hint`}>{texts.inspectDrop}</small>
      {value === null ? null : (
        <p>
          {texts.inspectGiven(name)}{' '}
          <button type="button" onClick={() => set(null)}>
            {texts.remove}
          </button>
        </p>
      )}
    </div>
  );
}
