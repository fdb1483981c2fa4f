-- Called by relay_letters on each new connection: the Kafka cluster $1 and topic $2 that it relays to.
insert into relay (cluster, topic) values ($1, $2) on conflict do nothing;
