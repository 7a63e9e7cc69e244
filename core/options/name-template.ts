import { type Parsed, parsed } from '../catalogue/parsed.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import { parseReference } from '../model/reference.ts';

/**
 * Returns the options of an upload with the image name that a template such as `ghcr.io/team/{name}:{tag}` gives. The
 * template is filled with the name and tag that were made from the upload's key. The options stay unchanged when the
 * user chose a name, or when there is no template. Returns a refusal when the template gives a wrong name.
 */
export function nameAfter(request: ConversionRequest, template: string | undefined): Parsed<ConversionRequest> {
  const [derived] = request.names;
  if (template === undefined || !request.nameDerived || derived === undefined) return parsed(request);
  const { familiar, tag } = derived;
  const untagged = familiar.slice(0, -`:${tag}`.length);
  const name = parseReference(filled(template, untagged, tag));
  return name.ok ? parsed({ ...request, names: [name.value] }) : name;
}

/** The reason, in English, why a name template such as `{name}:{tag}` gives no valid names; null for a good one. */
export function nameTemplateProblem(template: string): string | null {
  const name = parseReference(filled(template, 'name', 'tag'));
  return name.ok ? null : name.problem.en;
}

function filled(template: string, name: string, tag: string): string {
  return template.replaceAll('{name}', name).replaceAll('{tag}', tag);
}
