import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { count, roughly } from '../../core/page/text.ts';

interface Props {
  label: string;
  bytes: number;
  total: number;
  /** The text of the button that stops the work. */
  cancel: string;
  onCancel: () => void;
}

/** A progress bar with percentage and speed, and a button that stops the work. `bytes` of `total` bytes are done. */
export function ProgressBar({ label, bytes, total, cancel, onCancel }: Props): JSX.Element {
  const [started] = useState(() => performance.now());
  const seconds = (performance.now() - started) / 1000;
  const part = total === 0 ? 0 : Math.min(1, bytes / total);
  const speed = seconds === 0 ? 0 : bytes / seconds;
  return (
    <div class="progress">
      <label for="progress">{label}</label>
      <progress id="progress" value={part} max={1} />
      <span>
        {count(Math.floor(part * 100))} % · {roughly(bytes)} / {roughly(total)} · {roughly(speed)}/s
      </span>
      <button type="button" onClick={onCancel}>
        {cancel}
      </button>
    </div>
  );
}
