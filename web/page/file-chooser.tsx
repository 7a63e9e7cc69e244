import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Texts } from '../texts.ts';

interface Props {
  texts: Texts;
  /** True to take less room on the page, because an archive is open already. */
  small: boolean;
  onFile: (file: File) => void;
}

/** The place on the page where the user drops or chooses an archive. `onFile` gets that file. */
export function FileChooser({ texts, small, onFile }: Props): JSX.Element {
  const [over, setOver] = useState(false);
  const take = (file: File | null | undefined): void => {
    setOver(false);
    if (file !== null && file !== undefined) onFile(file);
  };
  return (
    <label
      class={`chooser${small ? ' small' : ''}${over ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        take(event.dataTransfer?.files[0]);
      }}
    >
      <span class="drop">{small ? texts.another : texts.drop}</span>
      <span class="button">{texts.choose}</span>
      <input
        type="file"
        id="archive"
        onChange={(event) => {
          const input = event.currentTarget;
          take(input.files?.[0]);
          // The same file may be chosen again.
          input.value = '';
        }}
      />
    </label>
  );
}
