// Counts what the layers of an image hold and waste, with the trees of dive. Reads lines with the file names of layers,
// separated by tabs; writes a line of JSON for each.
package main

import (
	"archive/tar"
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/wagoodman/dive/dive/filetree"
)

// A number of files, which are no directories, and their bytes.
type amount struct {
	Files int
	Bytes int64
}

func (sum *amount) add(node *filetree.FileNode) {
	sum.Files++
	sum.Bytes += node.Data.FileInfo.Size
}

// The files that a layer adds to those below it, that it changes, and that it deletes.
type changes struct {
	Added, Changed, Deleted amount
}

type answer struct {
	Layers []changes
	// The files of all layers, one above the other.
	Merged amount
	// The bytes of which dive says that they are wasted.
	Wasted int64
	// The bytes among them that are still there: dive counts all versions of a file, the last one too.
	Kept int64
	// The bytes of files that are gone and that dive does not count: those that were deleted with their folder.
	Missed int64
	Error  string `json:",omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for lines.Scan() {
		told, err := analyse(strings.Split(lines.Text(), "\t"))
		if err != nil {
			told = answer{Error: err.Error()}
		}
		text, _ := json.Marshal(told)
		out.Write(append(text, '\n'))
		out.Flush()
	}
}

func analyse(names []string) (answer, error) {
	trees := make([]*filetree.FileTree, 0, len(names))
	for _, name := range names {
		tree, err := read(name)
		if err != nil {
			return answer{}, err
		}
		trees = append(trees, tree)
	}
	told := answer{}
	for at := range trees {
		change, err := compare(trees, at)
		if err != nil {
			return answer{}, err
		}
		told.Layers = append(told.Layers, change)
	}
	merged, _, err := filetree.StackTreeRange(trees, 0, len(trees)-1)
	if err != nil {
		return answer{}, err
	}
	left := map[string]int64{}
	visit(merged, func(node *filetree.FileNode) {
		told.Merged.add(node)
		left[node.Path()] = node.Data.FileInfo.Size
	})
	counted := map[string]bool{}
	_, wasted := filetree.Efficiency(trees)
	for _, each := range wasted {
		counted[each.Path] = true
		told.Wasted += each.CumulativeSize
		told.Kept += left[each.Path]
	}
	for _, tree := range trees {
		visit(tree, func(node *filetree.FileNode) {
			if _, there := left[node.Path()]; !there && !counted[node.Path()] {
				told.Missed += node.Data.FileInfo.Size
			}
		})
	}
	return told, nil
}

// Reads a layer as dive does (dive/image/docker, getFileList), whose own reader takes whole image archives only.
func read(name string) (*filetree.FileTree, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	tree := filetree.NewFileTree()
	reader := tar.NewReader(bufio.NewReader(file))
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return tree, nil
		}
		if err != nil {
			return nil, err
		}
		clean := path.Clean(header.Name)
		if clean == "." {
			continue
		}
		if _, _, err := tree.AddPath(clean, filetree.NewFileInfoFromTarHeader(reader, header, clean)); err != nil {
			return nil, err
		}
	}
}

// The changes that dive's comparison marks in the tree of the layers below one.
func compare(trees []*filetree.FileTree, at int) (changes, error) {
	lower := filetree.NewFileTree()
	if at > 0 {
		stacked, _, err := filetree.StackTreeRange(trees, 0, at-1)
		if err != nil {
			return changes{}, err
		}
		lower = stacked
	}
	before, upper := map[string]bool{}, map[string]bool{}
	visit(lower, func(node *filetree.FileNode) { before[node.Path()] = true })
	visit(trees[at], func(node *filetree.FileNode) { upper[node.Path()] = true })
	if _, err := lower.CompareAndMark(trees[at]); err != nil {
		return changes{}, err
	}
	told := changes{}
	visit(lower, func(node *filetree.FileNode) {
		switch {
		case node.Data.DiffType == filetree.Removed:
			if before[node.Path()] {
				told.Deleted.add(node)
			}
		case node.Data.DiffType == filetree.Added:
			told.Added.add(node)
		case upper[node.Path()]: // dive calls a file with the same content unmodified, although the layer has it again
			told.Changed.add(node)
		}
	})
	return told, nil
}

// Visits the files of a tree.
func visit(tree *filetree.FileTree, visitor func(*filetree.FileNode)) {
	tree.VisitDepthChildFirst(func(node *filetree.FileNode) error {
		if isFile(node) {
			visitor(node)
		}
		return nil
	}, nil)
}

// True for a node that a member of the archive made, and that is no directory.
func isFile(node *filetree.FileNode) bool {
	info := node.Data.FileInfo
	return info.Path != "" && !info.IsDir && !node.IsWhiteout()
}
