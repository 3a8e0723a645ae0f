/** Takes a text, a recipe, a run or a checkpoint dropped anywhere on the page. */
import { DropZone } from '../../controls/DropZone';
import { text } from '../../i18n/catalogue';
import { isTextFile } from '../../state/own-text';
import { isRecipeFile } from '../../state/recipe-file';
import { refuseFile, takeRecipe, takeText } from '../../state/training-commands';

export function TrainDrop() {
  return <DropZone invitation={text.train.corpus.drop} onFiles={take} />;
}

function take(files: readonly File[]): void {
  const recipe = files.find(isRecipeFile);
  const own = files.find(isTextFile);
  if (recipe) void takeRecipe(recipe);
  if (own) void takeText(own);
  const [first] = files;
  if (!recipe && !own && first) refuseFile(first.name);
}
