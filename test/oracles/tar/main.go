// Lists tar archives as archive/tar reads them: file names come in on standard input, one a line; a line of JSON goes out for each.
package main

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
)

type member struct {
	Name, Link, Type string
	Size             int64
	// The digest of what the reader gives as its content.
	Sha256 string
}

type listing struct {
	Members []member
	Error   string `json:",omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	for lines.Scan() {
		answer, _ := json.Marshal(list(lines.Text()))
		out.Write(append(answer, '\n'))
		out.Flush()
	}
}

// Names are byte strings: they go out in hex.
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
		sum := sha256.New()
		if _, err := io.Copy(sum, reader); err != nil {
			all.Error = err.Error()
			return all
		}
		all.Members = append(all.Members, member{
			Name: hex.EncodeToString([]byte(header.Name)), Link: hex.EncodeToString([]byte(header.Linkname)),
			Type: hex.EncodeToString([]byte{header.Typeflag}), Size: header.Size, Sha256: hex.EncodeToString(sum.Sum(nil)),
		})
	}
}
