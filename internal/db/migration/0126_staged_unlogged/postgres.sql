alter table staged_rows set unlogged;
