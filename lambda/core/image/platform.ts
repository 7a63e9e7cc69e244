/** A platform in Go's names (OCI image-spec config.md): `linux`, `arm`, `v7`. */
export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}
