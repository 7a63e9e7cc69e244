// Lists tar archives as archive/tar reads them. Reads file names, one a line; writes a line of JSON for each.
package main

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
)

type member struct {
	Name, Link, Type string
	Size             int64
	// The digest of the content that the reader gives; for a sparse file larger than hugeBytes, of its holes as text.
	Sha256 string
}

type listing struct {
	Members []member
	Error   string `json:",omitempty"`
}

// In bytes. The holes of a larger sparse file are not read, as they may have exabytes.
const hugeBytes = 4 << 20

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	for lines.Scan() {
		answer, _ := json.Marshal(list(lines.Text()))
		out.Write(append(answer, '\n'))
		out.Flush()
	}
}

// Lists the members of an archive. Names are byte strings, so they are written in hex.
func list(path string) (all listing) {
	file, err := os.Open(path)
	if err != nil {
		return listing{Error: err.Error()}
	}
	defer file.Close()
	reader := tar.NewReader(bufio.NewReader(file))
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			all.Error = err.Error()
			return all
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		digest, err := content(reader, header)
		if err != nil {
			all.Error = err.Error()
			return all
		}
		all.Members = append(all.Members, member{
			Name: hex.EncodeToString([]byte(header.Name)), Link: hex.EncodeToString([]byte(header.Linkname)),
			Type: hex.EncodeToString([]byte{header.Typeflag}), Size: size(header), Sha256: digest,
		})
	}
}

// The size of a member's content. For types without content the reader keeps the size field, but ignores it.
func size(header *tar.Header) int64 {
	if header.Typeflag >= tar.TypeLink && header.Typeflag <= tar.TypeFifo {
		return 0
	}
	return header.Size
}

func content(reader *tar.Reader, header *tar.Header) (string, error) {
	if header.Size > hugeBytes {
		if sparse := reflect.ValueOf(reader).Elem().FieldByName("curr").Elem().Elem(); sparse.FieldByName("sp").IsValid() {
			return holes(sparse, header.Size)
		}
	}
	sum := sha256.New()
	_, err := io.Copy(sum, reader)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// The digest of the holes. Fails as sparseFileReader would at the end, when too few or too many bytes are stored.
func holes(sparse reflect.Value, left int64) (string, error) {
	sum := sha256.New()
	holes := sparse.FieldByName("sp")
	for i := range holes.Len() {
		offset, length := holes.Index(i).Field(0).Int(), holes.Index(i).Field(1).Int()
		fmt.Fprintf(sum, "%d\n", offset)
		if i < holes.Len()-1 { // the last one goes to the end
			fmt.Fprintf(sum, "%d\n", length)
		}
		left -= length
	}
	stored := sparse.FieldByName("fr").Elem().Elem().FieldByName("nb").Int()
	if stored != left {
		return "", fmt.Errorf("sparse file with %d bytes stored and %d in its map", stored, left)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
