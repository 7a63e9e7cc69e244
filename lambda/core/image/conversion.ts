import type { ConvertedImage } from '../manifest.ts';
import type { Plan } from './plan.ts';

/** An image archive ready to be written: its plan, and everything the manifest says about it but where it lies. */
export interface Conversion {
  plan: Plan;
  image: Omit<ConvertedImage, 'key'>;
}
