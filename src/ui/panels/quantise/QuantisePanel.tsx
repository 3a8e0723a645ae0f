/** The Quantise panel: a model, a scheme, and what rounding its weights does to matrices, texts, memory and speed. */
import { useEffect } from 'react';
import appStyles from '../../app/App.module.css';
import { DropZone } from '../../controls/DropZone';
import { quantiseText } from '../../i18n/quantise-text';
import { takeModel } from '../../state/quantise-commands';
import { fetchRecordedQuantise } from '../../state/recorded-quantise';
import { Choices } from './Choices';
import { Errors } from './Errors';
import { Glm } from './Glm';
import { Matrix } from './Matrix';
import { Memory } from './Memory';
import { Model } from './Model';
import { Paper } from './Paper';
import { QuantiseMessages } from './QuantiseMessages';
import { Ranges } from './Ranges';
import { Results } from './Results';
import { Schemes } from './Schemes';
import { Sensitivity } from './Sensitivity';
import { Speed } from './Speed';
import { useFollow } from './useQuantiseForm';
import { WriteBoth } from './WriteBoth';

export function QuantisePanel() {
  const { title, lead, controls: label, drop, model } = quantiseText;
  useFollow();
  useEffect(() => void fetchRecordedQuantise(), []);
  return (
    <main className={appStyles.main} id="panel" tabIndex={-1}>
      <aside className={appStyles.aside} aria-label={label}>
        <Model />
        <Schemes />
        <Choices />
      </aside>
      <div className={appStyles.stage}>
        <div>
          <h1>{title}</h1>
          <p className={appStyles.lead}>{lead}</p>
        </div>
        <Results />
        <WriteBoth />
        <Matrix />
        <Errors />
        <Sensitivity />
        <Ranges />
        <Glm />
        <Memory />
        <Speed />
        <Paper />
      </div>
      <QuantiseMessages />
      <DropZone invitation={drop} onFiles={(files) => takeModel(files, model.own)} />
    </main>
  );
}
