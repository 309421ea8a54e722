-- What a site wrote with the twelfth migration: a message that is due, and one that is being sent.
insert into deliveries (subscriber_id, thread, told_seq, due_seq, next_at_ms, attempts)
values ('01939d5e-7b1c-7000-8000-0123456789ab', 'selma-1', 0, 6500, 1361869620000, 0);
insert into deliveries (subscriber_id, thread, told_seq, due_seq, claimed_seq, claimed_by, next_at_ms,
    attempts)
values ('01939d5e-7b1c-7000-8000-0123456789ab', 'nelson-1', 0, 6600, 6600, 'a sender', 1361869620000, 0);
