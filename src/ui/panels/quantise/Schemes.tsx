/** The schemes as a table to choose from; one that the model refuses is off, with the reason. */
import { useId } from 'react';
import { type SchemeId, schemeIds, schemes } from '../../../quant/schemes';
import controls from '../../controls/controls.module.css';
import { quantiseText } from '../../i18n/quantise-text';
import { useQuantise } from '../../state/quantise';
import { setQuantise } from '../../state/quantise-commands';
import styles from './quantise.module.css';
import { useQuantiseForm } from './useQuantiseForm';

const words = quantiseText.scheme;

export function Schemes() {
  const { scheme } = useQuantiseForm();
  const id = useId();
  const refused = useQuantise((state) => state.model?.refused ?? noneRefused);
  // A model that refuses all of them says why once.
  const [reason, ...others] = new Set(schemeIds.map((one) => refused[one] ?? null));
  const shared = others.length === 0 ? (reason ?? null) : null;
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <table className={styles.schemes} aria-label={words.table}>
        <thead>
          <tr>
            {words.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {schemeIds.map((one) => (
            <Row
              key={one}
              id={one}
              chosen={one === scheme}
              refused={refused[one] ?? null}
              {...(shared !== null && { reasonId: id })}
            />
          ))}
        </tbody>
      </table>
      {shared !== null && (
        <small id={id} className={styles.wrong}>
          {shared}
        </small>
      )}
      <small>{words.hint(schemes[scheme])}</small>
    </fieldset>
  );
}

const noneRefused: Partial<Record<SchemeId, string>> = {};

function Row({
  id,
  chosen,
  refused,
  reasonId,
}: {
  readonly id: SchemeId;
  readonly chosen: boolean;
  readonly refused: string | null;
  /** Where the reason stands, when it is that of all. */
  readonly reasonId?: string;
}) {
  const own = useId();
  const scheme = schemes[id];
  return (
    <>
      <tr data-chosen={chosen} data-refused={refused !== null}>
        <th scope="row">
          <label>
            <input
              type="radio"
              name="scheme"
              checked={chosen}
              disabled={refused !== null}
              aria-label={words.full(scheme)}
              {...(refused !== null && { 'aria-describedby': reasonId ?? own })}
              onChange={() => setQuantise({ scheme: id })}
            />
            {scheme.bits}
          </label>
        </th>
        <td>{words.block(scheme.block)}</td>
        <td>{words.zeroPoint(scheme.zeroPoint)}</td>
        <td>{words.sources(scheme.source)}</td>
      </tr>
      {refused !== null && reasonId === undefined && (
        <tr className={styles.reason}>
          <td colSpan={words.columns.length} id={own}>
            {refused}
          </td>
        </tr>
      )}
    </>
  );
}
