package main_test

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// Every package says what it is for, and every exported name what it means: a
// reader of go doc needs no source.
func TestEveryPackageHasAComment(t *testing.T) {
	t.Parallel()
	comment := map[string]string{}
	name := map[string]string{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		name[s.pkg()] = s.ast.Name.Name
		if text := s.ast.Doc.Text(); text != "" {
			if comment[s.pkg()] != "" {
				t.Errorf("%s: a second package comment; say it once", s.file)
			}
			comment[s.pkg()] = text
		}
	}
	for dir, pkg := range name {
		begin := "Package " + pkg + " "
		if pkg == "main" {
			begin = "Command " + dir[strings.LastIndex(dir, "/")+1:] + " "
		}
		if !strings.HasPrefix(comment[dir], begin) {
			t.Errorf("%s: has no package comment that begins with %q", dir, begin)
		}
	}
}

func TestEveryExportedNameHasADocComment(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, decl := range s.ast.Decls {
			for _, name := range undocumented(decl) {
				t.Errorf("%s: %s is exported and has no doc comment", s.file, name)
			}
		}
	}
}

// undocumented lists the exported names of a declaration that nothing
// describes. A group's comment speaks for all of its constants or variables,
// and so does a comment at the end of the line.
func undocumented(decl ast.Decl) []string {
	var out []string
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && receiverExported(d) && d.Doc.Text() == "" && !ofErrors(d) {
			out = append(out, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc.Text() == "" && (d.Lparen.IsValid() || d.Doc.Text() == "") {
					out = append(out, s.Name.Name)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() && d.Doc.Text() == "" && s.Doc.Text() == "" && s.Comment.Text() == "" {
						out = append(out, n.Name)
					}
				}
			}
		}
	}
	return out
}

// ofErrors reports whether the function is a method of the error conventions,
// whose meaning package errors gives.
func ofErrors(d *ast.FuncDecl) bool {
	return d.Recv != nil && (d.Name.Name == "Error" || d.Name.Name == "Unwrap")
}

// receiverExported reports whether go doc shows the function: it has no
// receiver, or one of an exported type.
func receiverExported(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.IndexListExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

func TestUndocumentedNamesAreSeen(t *testing.T) {
	t.Parallel()
	exported, hidden := ast.NewIdent("Read"), ast.NewIdent("read")
	said := &ast.CommentGroup{List: []*ast.Comment{{Text: "// Read reads."}}}
	for _, c := range []struct {
		name string
		decl ast.Decl
		want int
	}{
		{"function", &ast.FuncDecl{Name: exported}, 1},
		{"function with a comment", &ast.FuncDecl{Name: exported, Doc: said}, 0},
		{"hidden function", &ast.FuncDecl{Name: hidden}, 0},
		{"method of a hidden type", &ast.FuncDecl{Name: exported,
			Recv: &ast.FieldList{List: []*ast.Field{{Type: &ast.StarExpr{X: hidden}}}}}, 0},
		{"method of an error", &ast.FuncDecl{Name: ast.NewIdent("Error"),
			Recv: &ast.FieldList{List: []*ast.Field{{Type: exported}}}}, 0},
		{"method", &ast.FuncDecl{Name: exported,
			Recv: &ast.FieldList{List: []*ast.Field{{Type: exported}}}}, 1},
		{"type", &ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{&ast.TypeSpec{Name: exported}}}, 1},
		{"constant of a group with a comment", &ast.GenDecl{Tok: token.CONST, Doc: said,
			Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{exported}}}}, 0},
		{"two variables", &ast.GenDecl{Tok: token.VAR,
			Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{exported, exported}}}}, 2},
	} {
		if got := undocumented(c.decl); len(got) != c.want {
			t.Errorf("%s: %d undocumented names %v, want %d", c.name, len(got), got, c.want)
		}
	}
}
