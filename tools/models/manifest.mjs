/** Writes public/models/manifest.json, the list that the page offers, from the folders of the models that have a card. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { about, modelsFolder, readModel } from './shipped.mjs';

const trained = Object.entries(about).filter(([id]) => existsSync(path.join(modelsFolder, id, 'evaluation.json')));
const models = trained.map(([id, { name, trainedOn }]) => {
  const { config, training, parameters, bytes } = readModel(id);
  const { bitsPerCharacter, floorNatsPerToken, tokens, characters } = training.heldOut;
  const floor = typeof floorNatsPerToken === 'number' ? (floorNatsPerToken * tokens) / characters / Math.LN2 : null;
  return {
    id,
    name,
    parameters,
    bytes,
    trainedOn,
    languages: ['en', 'zh'],
    context: config.max_position_embeddings,
    ...(config.num_experts > 0 && { experts: config.num_experts }),
    heldOut: { bitsPerCharacter, floor },
  };
});
const file = path.join(modelsFolder, 'manifest.json');
writeFileSync(file, `${JSON.stringify({ version: 1, models }, null, 2)}\n`);
console.log(`${file} lists ${models.map(({ id }) => id).join(', ')}.`);
