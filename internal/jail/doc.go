// Package jail takes from the running program what it does not need: files but
// its own, ports but those it calls, and every other program. It owns no table.
//
// It is for the day on which somebody runs code of their own in our process. The
// portal that Clearwell replaces was lost that way: a shell was started, tools
// were fetched, files were read. [Enter] is called once, when everything is
// open, and nothing can be undone after it, not by us either.
//
// It promises, on Linux: no program is started and no process is looked into
// (seccomp); files outside those named are neither read nor written (Landlock,
// from 5.13); no port is called but those named, and none is opened (Landlock,
// from 6.7). Where the kernel cannot, it does what the kernel can, and its
// [Report] says what that was. What was open before stays open.
//
// It never keeps anybody from what the program itself may do: its database, its
// data, its memory. Datagrams are not restricted, and names are resolved by
// them: outgoing traffic is the firewall's.
package jail
