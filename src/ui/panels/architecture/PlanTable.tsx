/** The arms before they run: what was solved for, what each costs, and how far it is off the budget. */
import { useId, useState } from 'react';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { formatCount, formatQuantity, significant } from '../../format/numbers';
import { architectureText } from '../../i18n/architecture-text';
import { saveArm } from '../../state/experiments-commands';
import styles from './architecture.module.css';
import { armName } from './names';
import { useExperimentForm, usePlan } from './useExperiment';

/** So many rows are shown at first. */
const firstRows = 12;

export function PlanTable() {
  const { experiment } = useExperimentForm();
  const plan = usePlan(experiment);
  const [open, setOpen] = useState(false);
  const id = useId();
  const words = architectureText.plan;
  const arms = plan?.arms ?? [];
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={styles.planHead}>
        <h2>{words.heading}</h2>
        <span className={controls.quiet}>
          {!experiment ? words.none : plan ? words.summary(arms.length, plan.runs, plan.notes.length) : words.loading}
        </span>
        <button
          type="button"
          className={controls.link}
          aria-expanded={open}
          aria-controls={id}
          disabled={arms.length === 0}
          onClick={() => setOpen(!open)}
        >
          {open ? words.hide : words.show}
        </button>
      </div>
      <div id={id} hidden={!open}>
        {open && experiment && arms.length > 0 && (
          <Scroll label={words.table}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{words.arm}</th>
                  <th scope="col">{words.size}</th>
                  <th scope="col">{words.parameters}</th>
                  {experiment.hold && <th scope="col">{words.mismatch}</th>}
                  <th scope="col">{words.flops}</th>
                  <th scope="col">{words.steps}</th>
                  <th scope="col">{words.ratio}</th>
                  <th scope="col">{words.recipe}</th>
                </tr>
              </thead>
              <tbody>
                {arms.slice(0, firstRows).map((arm) => {
                  const { model, steps } = arm.recipe;
                  return (
                    <tr key={arm.id}>
                      <th scope="row">{armName(arm, experiment)}</th>
                      <td>{words.sizeValue(model.num_hidden_layers, model.hidden_size)}</td>
                      <td>{formatCount(arm.parameters)}</td>
                      {experiment.hold && <td>{arm.mismatch === null ? '–' : words.mismatchValue(arm.mismatch)}</td>}
                      <td>{formatQuantity(arm.flopsPerToken, 'FLOP')}</td>
                      <td>{formatCount(steps)}</td>
                      <td>{significant(arm.tokensPerParameter)}</td>
                      <td>
                        <button
                          type="button"
                          className={controls.link}
                          aria-label={words.saveRecipe(armName(arm, experiment))}
                          onClick={() => saveArm(arm)}
                        >
                          JSON
                        </button>
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            {plan && plan.notes.length > 0 && (
              <ul className={styles.caveats}>
                {plan.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            )}
            {arms.length > firstRows && <p className={controls.quiet}>{words.more(arms.length - firstRows)}</p>}
          </Scroll>
        )}
      </div>
    </section>
  );
}
