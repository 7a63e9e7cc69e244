// Throws on a Node on which the package does not run. Plain JavaScript, and a module of its own: the entries import it
// before the code of the package, which an older Node would begin to run, and fail somewhere in it.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// The first Node with zstd.
if (major < 22 || (major === 22 && minor < 15))
  throw new Error(`Lading needs Node 22.15 or newer; this is Node ${process.versions.node}.`);
