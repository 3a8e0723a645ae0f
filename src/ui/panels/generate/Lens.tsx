/** The logit lens: the model's head applied after each layer. */
import controls from '../../controls/controls.module.css';
import { formatPercent } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { useSelection } from '../../state/selection';
import styles from './generate.module.css';
import { visible } from './TokenButton';
import type { Piece } from './tokenUnits';
import { Waiting } from './Waiting';

export function Lens({ piece }: { readonly piece: Piece | null }) {
  const inspection = useSelection((state) => state.inspection);
  const words = text.generate.inspector;
  return (
    <section>
      <h3>{words.lens}</h3>
      <p className={controls.quiet}>{words.lensHint}</p>
      {inspection && piece ? (
        <div className={styles.lens}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.lensLayer}</th>
                <th scope="col">{words.lensSays}</th>
                <th scope="col">{words.lensProbability}</th>
                <th scope="col">{words.lensOwn}</th>
                <th scope="col">{words.entropy}</th>
              </tr>
            </thead>
            <tbody>
              {inspection.lens.map(({ entropy, alternatives: [first, ...rest] }, layer) => {
                const own = [first, ...rest].find((alternative) => alternative?.id === piece.id);
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its place in the stack.
                  <tr key={layer}>
                    <th scope="row">{layer + 1}</th>
                    <td>
                      <code>{visible(first?.text ?? '')}</code>
                    </td>
                    <td>{formatPercent(first?.probability ?? 0)}</td>
                    <td>{own ? formatPercent(own.probability) : words.lensNotListed}</td>
                    <td>{words.entropyValue(entropy)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      ) : (
        <Waiting piece={piece} />
      )}
    </section>
  );
}
