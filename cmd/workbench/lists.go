package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"workbench"
	"workbench/store"
	"workbench/store/index"
	"workbench/store/textindex"
)

// lists answer questions about all stories of a store. Both are made of the store and can be taken away: the index is in memory, with a snapshot
// in a file for the next start; the texts inside stories are in a folder.
type lists struct {
	*index.Index
	texts *textindex.Index
	kept  index.Kept
	saved store.Change // in the snapshot
	log   *slog.Logger
}

// openLists fills the index with what the store holds, so that the first page misses nothing. Texts are taken in later, by follow.
func openLists(ctx context.Context, st store.Store, file string, names func(workbench.TenantID) workbench.Untrusted, log *slog.Logger) (*lists, error) {
	texts, err := textindex.Open(file+".texts", log)
	if err != nil {
		return nil, fmt.Errorf("opening the index of texts: %w; move the folder away to have it made anew", err)
	}
	l := &lists{Index: index.New(index.Config{Names: names, Rows: st, Texts: texts}), texts: texts, kept: index.Kept{Path: file + ".index", Program: programID(), Feed: st}, log: log}
	why, err := l.Load(ctx, l.kept)
	if why != "" {
		log.Info("the index is made anew from the store", "reason", why)
	}
	l.saved = l.Applied()
	if err == nil {
		err = l.CatchUp(ctx, st)
	}
	if err != nil {
		return nil, l.end(err)
	}
	return l, nil
}

// programID tells this program from those whose snapshots it does not read, since they may make something else of the same stories. index.Form
// does so for all that was committed, where tests hold it to what the index makes of stories, together with the version of Go, which says
// what upper and lower case are. What was built of anything else may never have been tested: it reads only what the same file has kept.
func programID() string {
	info, ok := debug.ReadBuildInfo()
	if ok && committed(info.Main.Version) {
		return runtime.Version()
	}
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s, %d bytes of %s", runtime.Version(), file.Size(), file.ModTime().UTC().Format(time.RFC3339Nano))
}

// committed reports whether a build's version says that it was made of files as they were committed: it is a tag's, or one that names a commit.
func committed(version string) bool {
	return version != "" && version != "(devel)" && !strings.Contains(version, "dirty")
}

// How often the snapshot is made anew while the store changes, and what is worth it.
const (
	snapshotEvery = 15 * time.Minute
	snapshotWorth = 10_000 // changes
)

// follow keeps the index, the texts and now and then the snapshot in step with the store, until the context ends. Where texts can't be kept,
// lists go on without those that came since, and say so.
func (l *lists) follow(ctx context.Context, group *errgroup.Group, st store.Store) {
	group.Go(func() error { return ignoreEnd(ctx, l.Follow(ctx, st)) })
	group.Go(func() error { // what the first search would have to make ready is made ready now
		_, err := l.Stories(ctx, workbench.EveryTenant(), store.Query{Text: "powershell", Limit: 1, Bare: true})
		if err != nil && ctx.Err() == nil {
			l.log.Info("the first search takes longer", "reason", err)
		}
		return nil
	})
	group.Go(func() error {
		if err := l.texts.Follow(ctx, st); ignoreEnd(ctx, err) != nil {
			l.log.Error("what stands inside new stories can't be searched any more; start again once the reason is gone", "reason", err)
		}
		return nil
	})
	group.Go(func() error {
		tick := time.NewTicker(snapshotEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if l.Applied() >= l.saved+snapshotWorth {
					l.save(ctx)
				}
			}
		}
	})
}

// save keeps the index for the next start, which does without where that fails.
func (l *lists) save(ctx context.Context) {
	asOf := l.Applied()
	if err := l.Save(ctx, l.kept); err != nil {
		l.log.Warn("the next start takes longer", "reason", err)
		return
	}
	l.saved = asOf
}

// end closes both, keeping what the next start needs. It returns err, and what went wrong besides.
func (l *lists) end(err error) error {
	if err == nil && l.Applied() > l.saved {
		l.save(context.Background())
	}
	if closing := l.texts.Close(); err == nil {
		err = closing
	}
	return err
}
