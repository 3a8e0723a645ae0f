/** A text of the person's: chosen or dropped, and where it cannot be read as it is, why and what else could be tried. */

import { type ChangeEvent, useRef } from 'react';
import { largestFile } from '../../../data/corpus/plain-text';
import controls from '../../controls/controls.module.css';
import { tokenizerText } from '../../i18n/tokenizer-text';
import type { TextFault } from '../../state/text-check';
import { useTokenizer } from '../../state/tokenizer';
import { readAs, takeText } from '../../state/tokenizer-commands';
import styles from './tokenizer.module.css';

const words = tokenizerText.text;

export function OwnText() {
  const input = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  // The button that was pressed goes with the question.
  const read = (encoding: 'gb18030' | 'windows-1252') => {
    readAs(encoding);
    choose.current?.focus();
  };
  const given = useTokenizer((state) => state.given);
  const refused = useTokenizer((state) => state.refused);
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    event.target.value = '';
    if (file) void takeText(file);
  };
  return (
    <div className={styles.own}>
      {given && !refused && (
        <b>{words.given(given.file.name, given.file.size, words.encodings[given.encoding] ?? null)}</b>
      )}
      {refused && (
        <div className={styles.refused} role="alert">
          <p>{reason(refused.file.name, refused.fault)}</p>
          {refused.fault.kind === 'encoding' && (
            <span className={styles.encodings}>
              <button type="button" className={controls.plain} onClick={() => read('gb18030')}>
                {words.gb18030}
              </button>
              <button type="button" className={controls.plain} onClick={() => read('windows-1252')}>
                {words.latin}
              </button>
            </span>
          )}
        </div>
      )}
      <button ref={choose} type="button" className={controls.plain} onClick={() => input.current?.click()}>
        {words.choose}
      </button>
      <input ref={input} type="file" hidden aria-label={words.choose} onChange={take} />
      <small>{words.chooseHint}</small>
    </div>
  );
}

function reason(name: string, fault: TextFault): string {
  const { refused } = words;
  switch (fault.kind) {
    case 'large':
      return refused.large(name, fault.bytes, largestFile);
    case 'empty':
      return refused.empty(name);
    case 'binary':
      return refused.binary(name, fault.offset);
    case 'encoding':
      return refused.encoding(name, fault.offset, fault.bytes);
  }
}
