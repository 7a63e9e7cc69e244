// Package trial gives the layers of images to unpackers, thousands of times.
package trial

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
)

// An Unpacker puts a layer into a folder; `lower` are the folders of the layers below, the highest first.
type Unpacker func(root string, layer io.Reader, lower []string) error

// Run reads lines of standard input. Each is a JSON list of an image's layers in base64, the lowest first. It answers
// with a line of each unpacker's error ("" when it succeeds). An unpacker whose name ends in "/overlay" gets a
// folder for each layer; the others unpack all layers into one folder.
func Run(unpackers map[string]Unpacker) {
	logrus.SetOutput(io.Discard)
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var layers [][]byte
		if err := json.Unmarshal(line, &layers); err != nil {
			panic(err)
		}
		text, _ := json.Marshal(judge(unpackers, layers))
		fmt.Println(string(text))
	}
}

func judge(unpackers map[string]Unpacker, layers [][]byte) map[string]string {
	answer := map[string]string{}
	var lock sync.Mutex
	var all sync.WaitGroup
	for name, unpack := range unpackers {
		all.Go(func() {
			said := make(chan string, 1)
			go func() { said <- try(name, unpack, layers) }()
			text := "hangs" // as Docker does when it opens a FIFO for a directory
			select {
			case text = <-said:
			case <-time.After(20 * time.Second):
			}
			lock.Lock()
			defer lock.Unlock()
			answer[name] = text
		})
	}
	all.Wait()
	return answer
}

func try(name string, unpack Unpacker, layers [][]byte) string {
	apart := strings.HasSuffix(name, "/overlay")
	measures := !strings.HasPrefix(name, "umoci/")
	scratch, err := os.MkdirTemp("", "lading-unpack-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(scratch)
	var lower []string
	for i, layer := range layers {
		root := filepath.Join(scratch, "root")
		if apart {
			root = filepath.Join(scratch, fmt.Sprint(i))
		}
		os.Mkdir(root, 0o755)
		if err := unpack(root, bytes.NewReader(layer), lower); err != nil {
			return fmt.Sprintf("layer %d: %s", i+1, strings.ReplaceAll(err.Error(), scratch, ""))
		}
		if measures && (apart || i < len(layers)-1) {
			if err := measure(root); err != nil {
				return fmt.Sprintf("layer %d: %s", i+1, strings.ReplaceAll(err.Error(), scratch, ""))
			}
		}
		if apart {
			lower = append([]string{root}, lower...)
		}
	}
	return ""
}

// Walks through a layer by its absolute paths on the host, as engines do: on overlay to sum up its size, elsewhere to
// copy it below the next layer. A path that is too long for Linux fails here, even when it could be unpacked. umoci
// does not do this: it goes on when a whiteout has removed its whole folder.
func measure(root string) error {
	return filepath.Walk(root, func(_ string, _ os.FileInfo, err error) error { return err })
}
