/** The Tokenizer panel: a vocabulary, a text counted with it, and what pruning does to texts, to a budget and to a model. */
import { useEffect } from 'react';
import appStyles from '../../app/App.module.css';
import { DropZone } from '../../controls/DropZone';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { fetchRecordedTokenizer } from '../../state/recorded-tokenizer';
import { takeFiles } from '../../state/tokenizer-commands';
import { fetchVocabularies } from '../../state/vocabularies';
import { CountedText } from './CountedText';
import { Coverage } from './Coverage';
import { Paper } from './Paper';
import { Parameters } from './Parameters';
import { Pieces } from './Pieces';
import { Prune } from './Prune';
import { Reading } from './Reading';
import { Results } from './Results';
import { RunningModel } from './RunningModel';
import { TokenizerMessages } from './TokenizerMessages';
import { useFollow } from './useTokenizerForm';
import { Vocabulary } from './Vocabulary';

export function TokenizerPanel() {
  const { title, lead, controls: label, drop } = tokenizerText;
  useFollow();
  useEffect(() => {
    void fetchVocabularies();
    void fetchRecordedTokenizer();
  }, []);
  return (
    <main className={appStyles.main} id="panel" tabIndex={-1}>
      <aside className={appStyles.aside} aria-label={label}>
        <Vocabulary />
        <CountedText />
        <Prune />
      </aside>
      <div className={appStyles.stage}>
        <div>
          <h1>{title}</h1>
          <p className={appStyles.lead}>{lead}</p>
        </div>
        <Results />
        <Coverage />
        <Parameters />
        <Reading />
        <Pieces />
        <RunningModel />
        <Paper />
      </div>
      <TokenizerMessages />
      <DropZone invitation={drop} onFiles={takeFiles} />
    </main>
  );
}
