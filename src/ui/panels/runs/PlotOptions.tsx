/** How the curves are drawn: steps on a logarithmic axis, and older runs pale. */
import { text } from '../../i18n/catalogue';
import { useRunsView } from '../../state/runs-view';
import styles from './runs.module.css';

export function PlotOptions() {
  const log = useRunsView((state) => state.logSteps);
  const fade = useRunsView((state) => state.fade);
  const words = text.runs.overlay;
  return (
    <span className={styles.options}>
      <label>
        <input
          type="checkbox"
          checked={log}
          onChange={({ target }) => useRunsView.setState({ logSteps: target.checked })}
        />
        {words.logSteps}
      </label>
      <label>
        <input
          type="checkbox"
          checked={fade}
          onChange={({ target }) => useRunsView.setState({ fade: target.checked })}
        />
        {words.fade}
      </label>
    </span>
  );
}
