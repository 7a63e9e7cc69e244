import { asObject, field, type Json, listIn, textIn } from '../model/json.ts';

/**
 * The history in an image config (OCI config.md, `history`), and the command that created each layer, lowest layer
 * first. A command is null when the history does not state it.
 */
export function historyOf(config: Json | null): { history: Json[]; creators: (string | null)[] } {
  const history = listIn(config, 'history')
    .map(asObject)
    .filter((step) => step !== null);
  const layers = history.filter((step) => field(step, 'empty_layer') !== true);
  return { history, creators: layers.map((step) => textIn(step, 'created_by')) };
}
