package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"

	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/store"
	"workbench/store/seal"
)

// keyFile says where the key is that opens the stored credentials.
type keyFile struct {
	KeyFile string `help:"The file with the key that encrypts private keys and secrets in the store; made at the first start. Default: the store's path with .key. The variable WORKBENCH_KEY may hold the file's text instead." name:"key-file" env:"WORKBENCH_KEY_FILE" placeholder:"FILE"`
}

// keyFlags are those of every command that serves.
type keyFlags struct {
	keyFile
	NewKey bool `help:"Begin with a new key although the store was used with another that is lost: every connector then needs a new certificate." name:"new-key"`
}

// keySuffix makes the path of the key file from that of the store.
const keySuffix = ".key"

// keyVariable holds the text of a key file, where there is no file.
const keyVariable = "WORKBENCH_KEY"

// keyMark is the setting by which a store knows its key file again.
const keyMark = "seal/mark"

// path is the path of the key file.
func (f keyFile) path(storePath string) string {
	if f.KeyFile != "" {
		return f.KeyFile
	}
	return storePath + keySuffix
}

// openWithKey opens the store, making it where there is none, and the key that it was used with; at the first start it makes that too. A key
// that can't be read, or is another one, is refused before anything is written.
func (s *session) openWithKey(ctx context.Context, f keyFlags) (store.Store, *seal.Ring, error) {
	path, err := s.path()
	if err != nil {
		return nil, nil, err
	}
	ring, err := s.loadKey(f.path(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	st, err := s.open(true)
	if err != nil {
		return nil, nil, err
	}
	if ring, err = s.settleKey(ctx, st, ring, f.path(path), f.NewKey); err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return st, ring, nil
}

// loadKey reads the key. It fails with fs.ErrNotExist where neither variable nor file is there.
func (s *session) loadKey(path string) (*seal.Ring, error) {
	if text, ok := s.Getenv(keyVariable); ok && text != "" {
		return seal.Load(seal.Variable(keyVariable, text))
	}
	return seal.Load(seal.File(path))
}

// settleKey compares the key with the one that the store was used with, and makes one, nil being none, where the store never had any.
func (s *session) settleKey(ctx context.Context, st store.Settings, ring *seal.Ring, path string, fresh bool) (*seal.Ring, error) {
	used, err := st.HasSetting(ctx, keyMark)
	if err != nil {
		return nil, fmt.Errorf("reading which key the store was used with: %w", err)
	}
	if ring == nil {
		if used && !fresh {
			return nil, fmt.Errorf("the key file %s is not there, and the store was used with one: put it back, or begin with a new one by --new-key; connectors then need new certificates", path)
		}
		if ring, err = seal.Create(path); err != nil {
			return nil, err
		}
		s.Log.Info("made the key file; keep a copy of it apart from backups of the store", "file", path)
	}
	mark, err := st.Setting(ctx, keyMark, ring.Mark)
	if err != nil {
		return nil, fmt.Errorf("reading which key the store was used with: %w", err)
	}
	switch err := ring.Knows(mark); {
	case err == nil:
		return ring, nil
	case fresh:
		return ring, st.ReplaceSetting(ctx, keyMark, ring.Mark())
	default:
		return nil, fmt.Errorf("%w (--new-key begins with this one; connectors then need new certificates)", err)
	}
}

// keyCommand is about the key that encrypts credentials in the store.
type keyCommand struct {
	Rotate keyRotate `cmd:"" help:"Add a new key to the key file and encrypt every credential with it. Needs the store to itself."`
	Drop   keyDrop   `cmd:"" help:"Take every key but the newest out of the key file. Needs the store to itself."`
}

type keyRotate struct {
	keyFile
}

// Run adds a key, and seals every credential anew. What a run that was interrupted left undone, the next completes.
func (c *keyRotate) Run(ctx context.Context, s *session) error {
	return s.changeKeys(ctx, c.keyFile, func(st store.Store, path string, _ *seal.Ring) error {
		ring, err := seal.Rotate(path)
		if err != nil {
			return err
		}
		sealed, err := s.reseal(ctx, st, ring)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.Out, "sealed %d credentials with the new key; the former keys stay in %s, for backups made before: `workbench key drop` takes them out\n", sealed, path)
		return err
	})
}

type keyDrop struct {
	keyFile
}

// Run takes the former keys out, once nothing in the store needs them.
func (c *keyDrop) Run(ctx context.Context, s *session) error {
	return s.changeKeys(ctx, c.keyFile, func(st store.Store, path string, ring *seal.Ring) error {
		if _, err := s.reseal(ctx, st, ring); err != nil {
			return fmt.Errorf("nothing was dropped: %w", err)
		}
		var former []string
		for _, k := range ring.Keys() {
			if !k.Primary {
				former = append(former, k.ID)
			}
		}
		if len(former) > 0 {
			if _, err := seal.Drop(path, former...); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintf(s.Out, "dropped %d former keys from %s; backups made before the newest key need a copy of the former file\n", len(former), path)
		return err
	})
}

// changeKeys opens the store for this process alone, with the key file that it was used with, for changing that file.
func (s *session) changeKeys(ctx context.Context, f keyFile, change func(st store.Store, path string, ring *seal.Ring) error) error {
	if text, ok := s.Getenv(keyVariable); ok && text != "" {
		return usageError{errors.New("the key stands in the variable " + keyVariable + ": write it to a file, unset the variable, name the file with --key-file, and put the new text into the variable afterwards")}
	}
	path, err := s.path()
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no store whose key could be changed: %w", err)
	}
	ring, err := seal.Load(seal.File(f.path(path)))
	if err != nil {
		return err
	}
	st, err := s.open(false)
	if err != nil {
		return err
	}
	if ring, err = s.settleKey(ctx, st, ring, f.path(path), false); err == nil { // the right one, or nothing is changed
		err = change(st, f.path(path), ring)
	}
	return errors.Join(err, st.Close())
}

// reseal seals every credential with the newest key, and says how many were not yet.
func (s *session) reseal(ctx context.Context, st store.Store, ring *seal.Ring) (int, error) {
	connectors, err := s.idle(ctx, st, ring)
	if err != nil {
		return 0, err
	}
	return connectors.Reseal(ctx)
}

// idle is the connectors of a store while no process serves it. They ask Microsoft for nothing.
func (s *session) idle(ctx context.Context, st store.Store, ring *seal.Ring) (*connect.Service, error) {
	cloud, err := entra.ParseCloud("global")
	if err != nil {
		return nil, err
	}
	return connect.New(ctx, connect.Config{Store: st, Seal: ring, Clouds: []entra.Cloud{cloud}, Transport: nowhere{}, BaseURL: &url.URL{Scheme: "http", Host: "localhost"}, Now: s.Now, Log: s.Log})
}

// nowhere is a transport that lets nothing out.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("this command asks Microsoft for nothing")
}
