/** A button that asks for the files of a model. */
import { type ChangeEvent, useRef } from 'react';
import controls from './controls.module.css';

export function ModelChooser({
  children,
  hint,
  label,
  onFiles,
}: {
  readonly children: string;
  readonly hint: string;
  /** Names the hidden input. */
  readonly label: string;
  onFiles(files: readonly File[]): void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    // The same files may be chosen again after they were mended.
    event.target.value = '';
    if (files.length > 0) onFiles(files);
  };
  return (
    <>
      <button type="button" className={controls.link} title={hint} onClick={() => input.current?.click()}>
        {children}
      </button>
      <input ref={input} type="file" multiple hidden accept=".json,.safetensors" aria-label={label} onChange={take} />
    </>
  );
}
