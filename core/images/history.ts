import { asObject, field, type Json, listIn, textIn } from '../model/json.ts';

/**
 * Reads the history in an image config (OCI config.md, `history`). `history` has all its steps, `creators` the command
 * that created each layer, the lowest layer first. A command is null when the history does not state it. Both lists are
 * empty without a history.
 */
export function historyOf(config: Json | null): { history: Json[]; creators: (string | null)[] } {
  const history = listIn(config, 'history')
    .map(asObject)
    .filter((step) => step !== null);
  const layers = history.filter((step) => field(step, 'empty_layer') !== true);
  return { history, creators: layers.map((step) => textIn(step, 'created_by')) };
}
