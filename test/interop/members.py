"""Lists a tar archive, one member on a line: its name, a tab, and every property that a conversion must keep."""

import hashlib
import sys
import tarfile


def facts(archive, member):
    kind = 'file' if member.isreg() else member.type.decode()
    yield kind
    yield f'mode={member.mode & 0o7777:o} uid={member.uid} gid={member.gid}'
    if not member.isdir():  # engines put files of their own into some folders
        yield f'mtime={int(member.mtime)}'
    if member.islnk() or member.issym():
        yield 'to=' + ascii(member.linkname)
    if member.isreg():
        yield 'sha256=' + hashlib.file_digest(archive.extractfile(member), 'sha256').hexdigest()
    if member.ischr() or member.isblk():
        yield f'device={member.devmajor}:{member.devminor}'
    if 'SCHILY.xattr.security.capability' in member.pax_headers:
        yield 'capability=' + ascii(member.pax_headers['SCHILY.xattr.security.capability'])


with tarfile.open(sys.argv[1], 'r:*', errors='surrogateescape') as archive:
    for member in archive:
        print(ascii(member.name.removeprefix('./')), ' '.join(facts(archive, member)), sep='\t')
