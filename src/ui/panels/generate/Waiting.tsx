/** Why a part of the inspector is still empty, as one sentence. */
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { useWriting } from '../../state/writing';
import type { Piece } from './tokenUnits';

export function Waiting({ piece }: { readonly piece: Piece | null }) {
  const recording = useWriting((state) => state.recording);
  const detached = useWriting((state) => state.detached);
  const writing = useWriting((state) => state.status !== 'idle');
  const words = text.generate.inspector;
  if (!piece) return null;
  const sentence = [
    piece.position === 0 && words.begin,
    recording && words.recorded,
    detached && words.detached,
    writing && words.waitingWriting,
    words.waiting,
  ].find(Boolean);
  return <p className={controls.quiet}>{sentence}</p>;
}
