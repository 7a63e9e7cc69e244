/** A parsed image name (distribution reference grammar), always with a tag. */
export interface Reference {
  /** `docker.io`, `ghcr.io`, `localhost:5000` */
  domain: string;
  /** `library/app` */
  path: string;
  /** `1.0` */
  tag: string;
  /** Fully qualified: `docker.io/library/app:1.0` */
  canonical: string;
  /** As Docker shows it: `app:1.0` */
  familiar: string;
}
