/** The Generate panel: controls with their cost, the model's words, live charts, and the paper beside what was measured. */
import appStyles from '../../app/App.module.css';
import { Messages } from '../../app/Messages';
import { DropZone } from '../../controls/DropZone';
import { text } from '../../i18n/catalogue';
import { loadFiles } from '../../state/commands';
import { Actions } from './Actions';
import { Charts } from './Charts';
import { EngineControls } from './EngineControls';
import { Inspector } from './Inspector';
import { ModelPicker } from './ModelPicker';
import { Paper } from './Paper';
import { PromptField } from './PromptField';
import { SamplingControls } from './SamplingControls';
import { StatusLine } from './StatusLine';
import { TextCard } from './TextCard';

export function GeneratePanel() {
  const { title, lead, controls } = text.generate;
  return (
    <main className={appStyles.main} id="panel" tabIndex={-1}>
      <aside className={appStyles.aside} aria-label={controls}>
        <ModelPicker />
        <PromptField />
        <Actions />
        <SamplingControls />
        <EngineControls />
      </aside>
      <div className={appStyles.stage}>
        <div>
          <h1>{title}</h1>
          <p className={appStyles.lead}>{lead}</p>
        </div>
        <Messages />
        <StatusLine />
        <TextCard />
        <Inspector />
        <Charts />
        <Paper />
      </div>
      <DropZone invitation={text.generate.model.drop} onFiles={(files) => loadFiles(files)} />
    </main>
  );
}
