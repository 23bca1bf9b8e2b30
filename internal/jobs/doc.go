// Package jobs does what must be done every so often, on one node: asking the
// processor about payments in doubt, sending mail, sealing the audit log,
// sweeping what is over. It owns job_leases.
//
// What must be done stands in the tables of those who own it; a job looks there
// and does what is due. So nothing is enqueued here, and nothing can be lost
// here: a run that is missed is made up for by the next.
//
//	runner := jobs.New(d, node, log)
//	runner.Every("mail", 5*time.Second, func(ctx context.Context) error { … })
//	err := runner.Run(ctx) // until ctx ends, then until what runs has ended
//
// The nodes share a lease, one row in the database: the node that holds it leads
// and runs all jobs, the others wait. It is renewed while the leader lives and
// can be taken when it has run out.
//
// It promises: a job does not overlap with itself on a node; a job that returns
// an error or panics is logged, does not disturb the others, and runs again; a
// leader that cannot renew its lease stops its jobs before another may begin.
//
// It does not promise that no two nodes ever run a job at the same instant: a
// node may stand still between looking at its lease and acting. Each job is
// therefore safe to run twice, by compare-and-set in its own tables.
package jobs
