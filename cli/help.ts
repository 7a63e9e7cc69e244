import { OPTION_LIST } from '../core/options/table.ts';
import type { Topic } from './flags.ts';

/** The text that `--help` prints about a topic: a command, or `lading` as a whole. */
export function help(topic: Topic): string {
  return PAGES[topic];
}

/** The column, from 0, at which the explanations of the conversion options begin in the text that `--help` prints. */
const COLUMN = 25;

const OPTIONS = OPTION_LIST.map(
  ([
    name,
    {
      short,
      placeholder = '',
      help: [first, ...others],
    },
  ]) => {
    const flag = `  ${short === undefined ? '   ' : `-${short},`} --${name} ${placeholder}`;
    return [flag.padEnd(COLUMN) + first, ...others.map((line) => ' '.repeat(COLUMN) + line)].join('\n');
  },
).join('\n');

const BUCKETS = `      --uploads BUCKET       where archives are uploaded; else $LADING_UPLOADS
      --results BUCKET       where results appear; else $LADING_RESULTS`;

const WHERE = `Bucket names that are not given are looked for in this folder's lading.json and in
$XDG_CONFIG_HOME/lading/config.json ({"uploads": "…", "results": "…"}), then in this folder's
lading-outputs.json, as cdk deploy --outputs-file lading-outputs.json writes it. Credentials, region
and endpoint are found as by the aws command (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL_S3 …);
S3_PATH_STYLE=true is for S3-compatible stores that need it. HTTPS_PROXY, HTTP_PROXY and NO_PROXY
name the proxy on the way.`;

const PRINT_HELP = `  -q, --quiet            say nothing but errors
      --no-progress      no progress bar
      --lang en|zh       the language of reports and messages; without it, that of LC_ALL, LC_MESSAGES or LANG
  -h, --help             this page`;

const REPORTING = `      --manifest FILE    write the archive manifest to a file
      --fail-on WHAT     end with exit code 9, and write no image, when there is such a finding: error,
                         warning, or codes, separated by commas (1, 3 and 5 keep their meaning)
      --format github    also write annotations, a job summary and outputs for GitHub Actions`;

const CONTENTS_HELP = `      --contents         also describe the files inside: what each layer changes, wasted bytes, what is big
      --html FILE        write all of it as one HTML file that needs nothing else (implies --contents)`;

const BOUNDS = `--fail-on also takes bounds on figures of the files inside: wasted=10%, wasted=20MB, size=1GB, files=N,
layers=N, setuid=0, ownerless=0, duplicates=5MB. Exit code 9 says that one is exceeded, or not known.`;

const CODES = `Exit codes: 0 done, 1 an error was found in a readable archive, 2 wrong usage, 3 no archive,
not all of one, or one that cannot be converted, 4 something could not be read or written`;
const EXIT_CODES = `${CODES},
9 a finding or a figure that --fail-on names.`;

const PAGES: Record<Topic, string> = {
  lading: `lading: turns container exports into image archives that docker load accepts

  docker export web | lading convert - --name web:1.0 | docker load
  lading inspect anything.tar.gz
  lading convert export.tar --name web:1.0 --change 'CMD ["nginx"]' -o image.tar

Commands
  inspect FILE             say what an archive is, and what to do with it
  convert FILE             write an image archive
  plan FILE                show what convert would write, without writing it
  files FILE [PATH]        list the file system in an archive, or print one file of it
  rootfs FILE              write the file system of an image as one tar archive
  serve UPLOADS RESULTS    convert everything that is put into a folder or a bucket
  upload FILE              send an archive to the service in AWS, and fetch the image
  status KEY               say what became of an upload
  doctor                   check the service in AWS, and say what is wrong with it
  completion SHELL         print what makes a shell complete commands and flags

  lading COMMAND --help says more. FILE may be - for standard input, or s3://BUCKET/KEY (with the
  credentials and the region that the aws command finds). inspect, convert, plan, files, rootfs
  and upload also take the pieces of a file that was split, in order: lading convert web.tar.aa …
  To print the version: lading --version

${EXIT_CODES}
`,
  inspect: `lading inspect FILE|-|PIECES: says what an archive is, and what to do with it

      --quick            read only headers and documents: names, platform, config, history, layer sizes
      --json             print the archive manifest instead of the page
${REPORTING}
${CONTENTS_HELP}
${PRINT_HELP}

The whole archive is read once, and a second time for the files inside (--contents). No part of it
is kept.

${BOUNDS}

With --quick an uncompressed image archive is not read but hopped through: some kilobytes of it,
whatever its size. Nothing is verified then, digests are what the archive says of itself, and exit
code 0 says only that its headers and documents are in order; the page and the manifest say so too.
What is compressed, comes from a pipe or is a large root file system is refused: exit code 2 or 3.

${EXIT_CODES}
`,
  convert: `lading convert FILE|-|PIECES [-o OUTPUT]: writes an image archive

${OPTIONS}
  -o, --output FILE      write the image there, as a whole or not at all; without it (or with -)
                         it goes to standard output
      --json             print the archive manifest (needs -o FILE)
${REPORTING}
${CONTENTS_HELP}
${PRINT_HELP}

An export is read once on its way into a file, and twice on its way to standard output. A pipe can
be read only once: what comes in, as it comes in (still compressed), is kept in a temporary file
without a name in $TMPDIR (else the system's temporary folder), which is gone when lading ends;
an export on its way into a file needs none.
Memory stays small, whatever the size.

${BOUNDS}

The same archive and options give the same bytes.

${EXIT_CODES}
`,
  plan: `lading plan FILE|-|PIECES: shows what convert would write, without writing it

${OPTIONS}
      --json             print the parts as JSON, the inline bytes in base64
${PRINT_HELP}

${CODES}.
`,
  files: `lading files FILE|-|PIECES [PATH]: lists the file system in an archive, or prints one file of it

      --image NAME|N     of an archive with several images, take this one (its name or its number)
      --platform P       of an image for several platforms, take this one; else linux/amd64, else the first
${PRINT_HELP}

An image archive is shown as a container would see it: its layers one above the other, deleted files
left out. Any other archive is shown as it is. With the PATH of a directory, what is below it is
listed; with that of a file, its content goes to standard output: byte for byte, but on a terminal
with escapes for what a terminal would obey. Symbolic links are followed inside the archive. Nothing
is unpacked: the archive is read and verified once, its layers once more for the list, and a file's
layer once more for the file. The list takes some 300 bytes of memory a path, and ends at 4 million.

${CODES}.
`,
  rootfs: `lading rootfs FILE|-|PIECES [-o OUTPUT]: writes the file system of an image as one tar archive

  -o, --output FILE      write the root file system there, as a whole or not at all; without it (or with -)
                         it goes to standard output
      --config FILE      write CMD, ENV and the rest there, in the form of docker inspect; without it,
                         -o rootfs.tar writes them to rootfs.json
      --image NAME|N     of an archive with several images, take this one (its name or its number)
      --platform P       of an image for several platforms, take this one; else linux/amd64, else the first
${PRINT_HELP}

The result is what docker export would give for a container of the image, without the files that
Docker itself adds: the layers one above the other, deleted files left out. Members that do not
change are copied byte for byte, with their times, owners, capabilities and other attributes.
docker import reads the result, and so do WSL, LXC, systemd-nspawn and tar. To make an image of it:
  lading convert rootfs.tar --inspect rootfs.json --name app:1.0 -o image.tar
When the archive is a root file system already, it comes out as it is, uncompressed.

The archive is read and verified once, and its layers are read twice more. Nothing is unpacked.
Memory grows by some 350 bytes for each path.

${CODES}.
`,
  serve: `lading serve UPLOADS RESULTS: converts everything that is put into a folder or a bucket

      --once             handle what is there, and end
      --reports          write a page about each upload beside its manifest, too
      --http HOST:PORT   show uploads and results on a page there, and take uploads through it
      --token-file FILE  the token that users of the page must give; needed for any address that
                         others than this machine can reach
  -h, --help             this page

For buckets (lading serve s3://UPLOADS s3://RESULTS):
      --listen HOST:PORT     take the store's notifications there; GET /healthz says how it is
      --secret-file FILE     the secret that notifications bring; else $LADING_SECRET
      --at-once N            handle so many uploads at a time (2)
      --list-every SECONDS   list the uploads so often, for what no notification told of (300)

The same two functions as in AWS. For the upload UPLOADS/team/app.tar:
  RESULTS/team/app.tar/inspection.json    what it is
  RESULTS/team/app.tar/image.tar          the image archive, when there is one (or rootfs.tar)
  RESULTS/team/app.tar/report.html        with --reports, the manifest as a page
  RESULTS/team/app.tar/manifest.json      the final word, written last
Options come from UPLOADS/team/app.tar.lading.json: {"name": ["app:1.0"], "change": ["CMD [\\"app\\"]"]}.
With --http, a page shows uploads and results as they come, and takes files that are dropped on it.
Its token has 16 characters or more. A file is taken when it has stopped changing. Links, pipes and
names that are not UTF-8 are passed over, and that is said; hidden files are passed over silently.
Ctrl-C ends it.

Credentials, region and endpoint of a store are found as by the aws command (AWS_PROFILE,
AWS_REGION, AWS_ENDPOINT_URL_S3 …); S3_PATH_STYLE=true is for stores that need it. Any address but
one of this machine needs a secret: notifications bring it as ?token=SECRET, or in an Authorization
header. Several may serve the same buckets. SIGTERM lets what runs go on for 20 seconds.
`,
  upload: `lading upload FILE|-|PIECES [--wait] [-o OUTPUT]: sends an archive to the service in AWS

${OPTIONS}
      --key KEY              the key in the uploads bucket; without it, the file's name
      --wait                 wait for the result, and print it
      --timeout SECONDS      wait no longer than that (3600)
  -o, --output FILE          wait, download the image and check it; - is standard output
${BUCKETS}
      --json                 print the archive manifest; without --wait, what was uploaded
${REPORTING}
${PRINT_HELP}

PIECES of a file that was split are joined, and uploaded as that file. An upload that was interrupted
is taken up again by the same command: parts that S3 has already are compared with the file by their
checksums and not sent again. Standard input cannot be taken up again. The options go with the
archive as user metadata, or, where they do not fit, before it as KEY.lading.json. A refused archive
ends with exit code 1. --manifest, --fail-on and --format wait for the result, too. Exit code 5 says
that the service has given up, 6 that --timeout is over and the work goes on.

${WHERE}

${EXIT_CODES}
`,
  status: `lading status KEY: says what became of an upload

${BUCKETS}
      --json                 print {"state", "upload", "manifest"}; the state is absent, waiting,
                             converting, converted, recognised, refused, failed or expired
${PRINT_HELP}

${WHERE}

Exit codes: as elsewhere; 1 for a refused upload, 3 when there is no upload with that key, 5 when the
service has given up, 6 when it is not done yet, 7 when the results have expired.
`,
  completion: `lading completion bash|zsh|fish: prints what makes a shell complete commands and flags

  -h, --help             this page

For this shell, and for every shell that starts later:
  bash   source <(lading completion bash)                 add this line to ~/.bashrc
  zsh    source <(lading completion zsh)                  add this line to ~/.zshrc, after compinit
  fish   lading completion fish > ~/.config/fish/completions/lading.fish
`,
  doctor: `lading doctor: checks the service in AWS, and says what is wrong with it

      --timeout SECONDS      how long the trial upload may take (300)
${BUCKETS}
      --json                 print {"sound", "complaints"}
${PRINT_HELP}

It looks at the notifications of both buckets, the rules of EventBridge, the queues, their policies
and KMS keys, the event source mappings and the dead-letter queues. Then it sends a tiny archive
through the service, as .../lading-canary/..., and deletes it and its results again. Its completion
event has the field canary. This needs the rights of an operator.

${WHERE}

Exit codes: as elsewhere; 8 when something is wrong.
`,
};
