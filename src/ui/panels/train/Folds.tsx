/** Every field that is not at the top, in the groups of its schema; a folded group says what in it was changed or is wrong. */
import { fieldOf, type Group } from '../../../model/config-schema';
import { type ModelKey, modelKeys } from '../../../train/recipe';
import { type RecipeGroup, type RecipeKey, recipeField, recipeKeys } from '../../../train/recipe-schema';
import { Fold } from '../../controls/Fold';
import { text } from '../../i18n/catalogue';
import { useSettings } from '../../state/settings';
import { FieldRow } from './FieldRow';
import styles from './train.module.css';
import { useForm } from './useForm';

const atTheTop: readonly RecipeKey[] = ['context', 'batch', 'steps', 'learningRate'];

const modelGroups = [
  'size',
  'attention',
  'ffn',
  'position',
  'norm',
  'head',
  'initialisation',
] as const satisfies readonly Group[];
const recipeGroups: readonly RecipeGroup[] = ['data', 'optimiser', 'schedule', 'regularisation', 'length', 'watching'];

export function Folds() {
  const { sections } = text.train;
  return (
    <>
      <section className={styles.folds} aria-label={sections.model}>
        <h2>{sections.model}</h2>
        {modelGroups.map((group) => (
          <FieldFold
            key={group}
            title={sections[group]}
            fields={modelKeys.filter((key) => fieldOf(key).group === group).map((key): Field => `model.${key}`)}
          />
        ))}
      </section>
      <section className={styles.folds} aria-label={sections.training}>
        <h2>{sections.training}</h2>
        {recipeGroups.map((group) => (
          <FieldFold
            key={group}
            title={sections[group]}
            fields={[
              ...recipeKeys.filter((key) => recipeField(key).group === group && !atTheTop.includes(key)),
              ...(group === 'watching' ? (['samplePrompt'] as const) : []),
            ]}
          />
        ))}
      </section>
    </>
  );
}

type Field = RecipeKey | `model.${ModelKey}` | 'samplePrompt';

function FieldFold({ title, fields }: { readonly title: string; readonly fields: readonly Field[] }) {
  const { problems } = useForm();
  const changes = useSettings((state) => state.recipe);
  const wrong = problems.filter(({ key }) => fields.includes(key as Field)).length;
  const changed = fields.filter((field) => Object.hasOwn(changes, field)).length;
  const note =
    wrong > 0 ? (
      <span className={styles.wrong}>{text.train.wrong(wrong)}</span>
    ) : changed > 0 ? (
      <span className={styles.changed}>{text.train.changed(changed)}</span>
    ) : null;
  return (
    <Fold title={title} note={note} start="folded">
      {fields.map((field) => (
        <FieldRow key={field} field={field} />
      ))}
    </Fold>
  );
}
