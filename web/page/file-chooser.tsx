import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Texts } from '../texts.ts';

interface Props {
  texts: Texts;
  /** True to take less room on the page, because an archive is open already. */
  small: boolean;
  onFile: (file: File) => void;
}

/**
 * The part of the page where the user chooses an archive. The user may also drop a file anywhere on the page. `onFile`
 * is called with the chosen or dropped file.
 */
export function FileChooser({ texts, small, onFile }: Props): JSX.Element {
  const [over, setOver] = useState(false);
  const take = (file: File | null | undefined): void => {
    setOver(false);
    if (file !== null && file !== undefined) onFile(file);
  };
  // A file that is dropped elsewhere on the page is taken, too. The browser would leave the page to show it.
  useEffect(() => {
    const allow = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      // The places for other files have taken theirs.
      if (!event.defaultPrevented) take(event.dataTransfer?.files[0]);
      event.preventDefault();
    };
    addEventListener('dragover', allow);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', allow);
      removeEventListener('drop', drop);
    };
  });
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
