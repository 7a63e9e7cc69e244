"""Lists the file system in a tar archive, one path on a line: the path, a tab, and what a container sees there."""

import hashlib
import sys
import tarfile


def facts(archive, member, implied_since):
    yield 'file' if member.isreg() else member.type.decode()
    mode = '' if member.issym() else f'{member.mode & 0o7777:o} '  # Linux gives links no mode of their own
    yield f'{mode}{member.uid}:{member.gid}'
    # Engines give a directory without a member the time at which they make it.
    if int(member.mtime) < implied_since:
        yield f'at {int(member.mtime)}'
    if member.issym():
        yield 'to ' + ascii(member.linkname)
    if member.isreg():
        yield f'{member.size} {hash_of(archive.extractfile(member))}'
    if member.ischr() or member.isblk():
        yield f'device {member.devmajor}:{member.devminor}'
    if 'SCHILY.xattr.security.capability' in member.pax_headers:
        yield 'capability ' + ascii(member.pax_headers['SCHILY.xattr.security.capability'])


def hash_of(file):
    return hashlib.file_digest(file, 'sha256').hexdigest()[:16]


def clean(name):
    return '/'.join(part for part in name.split('/') if part not in ('', '.'))


with tarfile.open(sys.argv[1], 'r:', errors='surrogateescape') as archive:
    seen = {}  # the facts of each path
    names = {}  # for each path the list of all paths of the same file, which they share
    for member in archive:
        path = clean(member.name)
        if member.islnk():
            target = clean(member.linkname)
            seen[path] = seen[target]
            names[path] = names[target]
            names[path].append(path)
        else:
            seen[path] = ' '.join(facts(archive, member, int(sys.argv[2])))
            names[path] = [path]
    for path in sorted(seen):
        same = '' if len(names[path]) == 1 else ' is ' + ascii(min(names[path]))
        print(ascii(path), seen[path] + same, sep='\t')
