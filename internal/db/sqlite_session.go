package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// sqliteSession runs one caller's statements, at once and in order.
type sqliteSession struct {
	tx       *sql.Tx
	plans    *plans
	readOnly bool
}

// plan gives the prepared statement for a text, made once in the life of the
// process for the writer's one connection and for each reading one.
func (s *sqliteSession) plan(ctx context.Context, text string) (*sql.Stmt, error) {
	kept, found := s.plans.find(text)
	if !found {
		return s.tx.PrepareContext(ctx, text)
	}
	return s.tx.StmtContext(ctx, kept), nil
}

func (s *sqliteSession) run(text string) error {
	_, err := s.exec(context.Background(), statement{sql: text})
	return err
}

func (s *sqliteSession) exec(ctx context.Context, st statement) (int64, error) {
	if s.readOnly {
		return 0, ErrReadOnly
	}
	plan, err := s.plan(ctx, st.sql)
	if err != nil {
		return 0, classifySQLite(err)
	}
	result, err := plan.ExecContext(ctx, st.args...)
	if err != nil {
		return 0, classifySQLite(err)
	}
	return result.RowsAffected()
}

func (s *sqliteSession) flush(ctx context.Context, queue []statement) error {
	for _, st := range queue {
		if err := s.settle(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

func (s *sqliteSession) settle(ctx context.Context, st statement) error {
	if st.each != nil {
		rows, err := s.query(ctx, nil, st.sql, st.args)
		if err != nil {
			return err
		}
		return rows.Each(st.each)
	}
	touched, err := s.exec(ctx, st)
	if err == nil && st.refusal != nil && touched != 1 {
		return st.refusal
	}
	return err
}

func (s *sqliteSession) query(ctx context.Context, queue []statement, text string, args []any) (*Rows, error) {
	if err := s.flush(ctx, queue); err != nil {
		return nil, err
	}
	plan, err := s.plan(ctx, text)
	if err != nil {
		return nil, classifySQLite(err)
	}
	rows, err := plan.QueryContext(ctx, args...)
	if err != nil {
		return nil, classifySQLite(err)
	}
	return &Rows{rows, func() error { return classifySQLite(first(rows.Err(), rows.Close())) }}, nil
}

func (s *sqliteSession) count(ctx context.Context, queue []statement, text string, args []any) (int64, error) {
	if err := s.flush(ctx, queue); err != nil {
		return 0, err
	}
	return s.exec(ctx, statement{sql: text, args: args})
}

// lock has nothing to do: the writer runs one transaction after another.
func (s *sqliteSession) lock(string) []statement { return nil }

// copyIn inserts row by row with one prepared statement, which in this engine
// is as fast as anything: there is no round trip to save.
func (s *sqliteSession) copyIn(ctx context.Context, queue []statement, table string, columns []string, source Source) (int64, error) {
	if err := s.flush(ctx, queue); err != nil {
		return 0, err
	}
	text := insertText(table, columns)
	for loaded := int64(0); ; loaded++ {
		row, err := source()
		if err != nil || row == nil {
			return loaded, err
		}
		if _, err := s.exec(ctx, statement{sql: text, args: row}); err != nil {
			return loaded, fmt.Errorf("loading row %d into %s: %w", loaded+1, table, err)
		}
	}
}

func insertText(table string, columns []string) string {
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return "insert into " + table + " (" + strings.Join(columns, ", ") + ") values (" + strings.Join(marks, ", ") + ")"
}

// plansLimit bounds the statements kept, in case texts are composed.
const plansLimit = 1000

// plans keeps the prepared statements of one pool. A text met for the first
// time is parsed inside its transaction, because the pool's connection is busy
// there; learn prepares it for good when the connection is free.
type plans struct {
	pool *sql.DB

	mu    sync.Mutex
	kept  map[string]*sql.Stmt
	fresh map[string]bool
}

func newPlans(pool *sql.DB) *plans {
	return &plans{pool: pool, kept: map[string]*sql.Stmt{}, fresh: map[string]bool{}}
}

func (p *plans) find(text string) (*sql.Stmt, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	plan, found := p.kept[text]
	if !found && len(p.kept) < plansLimit {
		p.fresh[text] = true
	}
	return plan, found
}

// learn prepares the texts met since it was last called. One that does not
// parse has told its caller so already. It holds no lock while it waits for a
// connection: those who have one may be waiting for the lock.
func (p *plans) learn(ctx context.Context) {
	for _, text := range p.met() {
		if plan, err := p.pool.PrepareContext(ctx, text); err == nil {
			p.keep(text, plan)
		}
	}
}

// met takes the texts met for the first time.
func (p *plans) met() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	texts := slices.Collect(maps.Keys(p.fresh))
	clear(p.fresh)
	return texts
}

// keep keeps a plan, unless another caller has learned the text meanwhile.
func (p *plans) keep(text string, plan *sql.Stmt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, found := p.kept[text]; found {
		plan.Close()
		return
	}
	p.kept[text] = plan
}

func (p *plans) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, plan := range p.kept {
		errs = append(errs, plan.Close())
	}
	return errors.Join(errs...)
}

// brokenConnector carries an error of opening to the first use.
type brokenConnector struct{ err error }

func (b brokenConnector) Connect(context.Context) (driver.Conn, error) { return nil, b.err }
func (b brokenConnector) Driver() driver.Driver                        { return nil }
