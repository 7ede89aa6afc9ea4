package static

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// layers are the parts of the style sheet, weakest first, and the files of each.
var layers = []struct{ name, files string }{
	{"tokens", "css/tokens.css"},
	{"base", "css/base.css"},
	{"layout", "css/layout.css"},
	{"ui", "css/ui/*.css"},
	{"area", "css/area/*.css"},
	{"utilities", "css/utilities.css"},
}

// styles joins the style sheets, each inside the layer of its folder.
func styles(fsys fs.FS) ([]byte, error) {
	var names []string
	for _, l := range layers {
		names = append(names, l.name)
	}
	out := bytes.NewBufferString("@layer " + strings.Join(names, ", ") + ";\n")
	for _, l := range layers {
		err := each(fsys, l.files, func(_ string, content []byte) error {
			fmt.Fprintf(out, "@layer %s {\n%s\n}\n", l.name, bytes.TrimSpace(content))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// script joins our scripts; each is a block of its own.
func script(fsys fs.FS) ([]byte, error) {
	out := bytes.NewBufferString("\"use strict\";\n")
	err := each(fsys, "js/*.js", func(_ string, content []byte) error {
		fmt.Fprintf(out, "%s\n", bytes.TrimSpace(content))
		return nil
	})
	return out.Bytes(), err
}

// sprite makes one picture of all symbols: those of icons.txt, drawn by lucide, and our own shapes.
func sprite(fsys fs.FS) ([]byte, error) {
	list, err := fs.ReadFile(fsys, "img/icons.txt")
	if err != nil {
		return nil, err
	}
	out := bytes.NewBufferString("<!-- Icons by Lucide contributors (ISC licence) and Cole Bemis (MIT licence); shapes our own. -->\n<svg xmlns=\"http://www.w3.org/2000/svg\">\n")
	for line := range strings.Lines(string(list)) {
		name, icon, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		drawing, err := fs.ReadFile(fsys, "third_party/lucide-static/icons/"+icon+".svg")
		if err != nil {
			return nil, err
		}
		_, inner, ok := strings.Cut(string(drawing), "<svg")
		if ok {
			_, inner, ok = strings.Cut(inner, ">")
		}
		inner, _, closed := strings.Cut(inner, "</svg>")
		if !ok || !closed {
			return nil, fmt.Errorf("icon %s is not a picture", icon)
		}
		fmt.Fprintf(out, "<symbol id=%q viewBox=\"0 0 24 24\">%s</symbol>\n", name, strings.Join(strings.Fields(inner), " "))
	}
	shapes, err := fs.ReadFile(fsys, "img/shapes.svg")
	if err != nil {
		return nil, err
	}
	out.Write(shapes)
	out.WriteString("</svg>\n")
	return out.Bytes(), nil
}

// licences joins the licences of everything that others made, because they are given along with it.
func licences(fsys fs.FS) ([]byte, error) {
	var out bytes.Buffer
	for _, name := range []string{"htmx.org", "@fontsource-variable/inter", "@fontsource/ibm-plex-mono", "lucide-static"} {
		text, err := fs.ReadFile(fsys, path.Join("third_party", name, "LICENSE"))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "%s\n%s\n\n%s\n\n\n", name, strings.Repeat("=", len(name)), bytes.TrimSpace(text))
	}
	out.WriteString("MITRE ATT&CK\n============\n\n© The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.\n")
	return out.Bytes(), nil
}

// each reads the files of a pattern in the order of their names.
func each(fsys fs.FS, pattern string, do func(name string, content []byte) error) error {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return err
	}
	for _, name := range names {
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		if err := do(name, content); err != nil {
			return err
		}
	}
	return nil
}

// Symbols are the names that icons.svg knows, in its order.
func Symbols() []string {
	var names []string
	for _, part := range strings.Split(string(shipped().byName["icons.svg"].Content), `<symbol id="`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		names = append(names, name)
	}
	return names
}
