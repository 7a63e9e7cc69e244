import { asObject, field, type Json, listIn, textIn } from '../model/json.ts';

/** The history in an image's config, and the command that created each layer, lowest first (config.md, `history`). */
export function historyOf(config: Json | null): { history: Json[]; creators: (string | null)[] } {
  const history = listIn(config, 'history')
    .map(asObject)
    .filter((step) => step !== null);
  const layers = history.filter((step) => field(step, 'empty_layer') !== true);
  return { history, creators: layers.map((step) => textIn(step, 'created_by')) };
}
